"""The training step, its optimizers, the loop around it and what it leaves on disk."""
