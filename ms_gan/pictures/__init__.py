"""Images as people look at them: grids, animations, plots."""
