"""Trained generators that come with the package, for pictures without a training."""
