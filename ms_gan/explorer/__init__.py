"""A local page on which a generator's latents are explored: `python -m ms_gan.cli.explore`."""
