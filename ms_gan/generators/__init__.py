"""Finished generators: their cards, their weights, and what is asked of them."""
