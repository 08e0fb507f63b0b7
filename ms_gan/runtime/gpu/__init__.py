"""NVIDIA's GPUs: examined, and made ready by wheels."""
