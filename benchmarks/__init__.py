"""Speed against PyTorch and against the hardware. Needs the `bench` extra."""
