"""Which kernels run the convolutions."""

import platform
from typing import Tuple

X86 = ("x86_64", "AMD64", "i686", "i386")


def convolutions_as_products(device: str, machine: str = "") -> Tuple[bool, str]:
    """Whether convolutions should run as matrix products (ms_gan.models.cpu.convolution) or by MindSpore's own layers.

    On x86 MindSpore's own are slow: from 2.9 on they are oneDNN's reference code where the processor has AVX-512, 50 to
    100 times slower than need be; elsewhere, and in 2.8, an im2col that takes 1.5 to 2 times as long as the products.
    docs/notes/kernels.md has the measurements, and why no setting of oneDNN's does better.

    Args:
        device: CPU, GPU or Ascend.
        machine: the processor's architecture, as platform.machine() names it; this machine's by default.

    Returns:
        The choice, and one line for the log that names it and says why.
    """
    machine = machine or platform.machine()
    if device != "CPU":
        return False, f"convolution: {device}'s own kernels"
    if machine not in X86:
        return (
            False,
            f"convolution: MindSpore's own kernels (matrix products were tried on x86 only, this is {machine})",
        )
    return True, "convolution: as matrix products, channels last (MindSpore's own kernels are slow on x86 processors)"
