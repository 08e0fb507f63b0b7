"""The training step, its optimizers, the loop around it and the files that it writes."""
