"""Convolutions and BatchNorm as matrix products, for CPUs."""
