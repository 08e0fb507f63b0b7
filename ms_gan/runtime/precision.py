"""What layers multiply in: decided by the kernels of a CPU, by the layers themselves elsewhere."""

from typing import Tuple

from ms_gan.errors import GanError, UsageError
from ms_gan.runtime.environment import maths_mode

HALVES = {"bf16": "bfloat16", "fp16": "float16"}


def set_precision(ms, device: str, precision: str) -> Tuple[bool, str]:
    """What becomes of a precision on a device.

    On a CPU float32 products round what they multiply to bfloat16 where oneDNN's maths mode allows it and its kernels
    can: in MindSpore 2.9 and later on processors with AMX. Others, those with AVX512_BF16 alone included, take the mode
    and compute in float32 all the same, which is why a product is tried. On a GPU and an Ascend it is the layers that
    compute in half precision (ms_gan.models.precision); run on a GPU (docs/gpu.md), on no Ascend yet.

    Args:
        ms: MindSpore, started on the device.
        device: CPU, GPU or Ascend.
        precision: fp32, bf16 or fp16.

    Returns:
        Whether float32 products round what they multiply, and one line for the log: what is computed in what, and why.

    Raises:
        UsageError: fp16 on a CPU.
        GanError: a device whose MindSpore has no products in that precision.
    """
    check_precision(device, precision)
    if device == "CPU":
        return _on_cpu(ms, precision)
    if precision == "fp32":
        return False, "float32"
    half = HALVES[precision]
    if not _multiplies(ms, half):
        other = "fp32" if precision == "fp16" else "fp16 or fp32"
        raise GanError(f"--precision {precision}: MindSpore has no {half} products on this {device}; use {other}")
    scaling = " and losses scaled against overflow" if precision == "fp16" else ""
    return False, f"{half} in layers, float32 in weights, BatchNorm, losses and updates{scaling}"


def check_precision(device: str, precision: str) -> None:
    """Refuse a precision that a device does not have, as far as that is known before MindSpore is started on it.

    Raises:
        UsageError: fp16 on a CPU.
    """
    if device == "CPU" and precision == "fp16":
        raise UsageError("--precision fp16: only for GPU and Ascend; on a CPU use bf16 (with AMX) or fp32")


def _on_cpu(ms, precision: str) -> Tuple[bool, str]:
    variable, mode = maths_mode()
    if mode.upper() not in ("", "STRICT") and _products_round(ms):
        return True, f"{mode.lower()} in matrix products ({variable}={mode}), float32 in all else"
    if precision == "fp32":
        return False, "float32"
    if mode.upper() not in ("BF16", "ANY"):
        return False, f"float32, not bfloat16: the environment has {variable}={mode}"
    return False, "float32, not bfloat16: that takes a processor with AMX, and MindSpore 2.9 or later"


def _products_round(ms) -> bool:
    """Whether a float32 product large enough for the fastest kernels loses what bfloat16 cannot hold."""
    ones = ms.ops.ones((256, 256), ms.float32)
    return float(ms.ops.matmul(ones + 2.0**-12, ones)[0, 0].asnumpy()) == 256.0


def _multiplies(ms, half: str) -> bool:
    """Whether the device has a product of matrices of a type."""
    try:
        # A cast, since some devices cannot fill a tensor of the type: GPUs have no such bfloat16.
        matrix = ms.ops.ones((16, 16), ms.float32).astype(getattr(ms, half))
        return float(ms.ops.matmul(matrix, matrix).astype(ms.float32)[0, 0].asnumpy()) == 16.0
    except (TypeError, RuntimeError, ValueError):
        return False
