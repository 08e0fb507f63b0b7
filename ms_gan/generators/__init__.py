"""Finished generators: their cards, their weights, and how images are made with them."""
