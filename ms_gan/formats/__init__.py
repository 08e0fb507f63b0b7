"""Files from strangers: what they may hold, read before anything runs them."""
