"""Generative adversarial networks for images, with MindSpore."""

__version__ = "0.1.0"
