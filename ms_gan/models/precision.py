"""Mixed precision: layers multiply in half precision, everything else stays in float32.

Micikevicius et al. 2017 (arXiv:1710.03740), section 3.1: the weights, which small updates must be able to move, are
float32, and are rounded anew in each pass. Sampling and export build networks of their own and stay in float32.
Tried in float16 on a CPU; not yet run on a GPU or an Ascend.
"""

import mindspore as ms
from mindspore import nn

from ms_gan.models.initialisers import NORMS, WEIGHTED

HALVES = {"fp16": ms.float16, "bf16": ms.bfloat16}

_bfloat16_by_kernels = False


def leave_bfloat16_to_kernels(chosen: bool) -> None:
    """Choose whether layers compute in bfloat16 by themselves; the runtime calls this once.

    Args:
        chosen: they do not: MindSpore has no bfloat16 layers on CPUs, where the kernels of float32 products may round
            to bfloat16 instead (ms_gan.runtime.precision).
    """
    global _bfloat16_by_kernels
    _bfloat16_by_kernels = chosen


def compute_in(network: nn.Cell, precision: str) -> None:
    """Set what a network's layers multiply in, in place. Parameters, their names and the outputs are as before.

    Dense layers and convolutions compute in half precision. In float32 remain BatchNorm, the network's last layer
    (Tanh, or the layer that makes the logits), and layers with spectral normalisation, whose power iteration needs it.

    Args:
        network: a generator or a discriminator of the layers in layers.py.
        precision: fp32, bf16 or fp16.
    """
    if precision == "fp32" or (precision == "bf16" and _bfloat16_by_kernels):
        return
    cells = [cell for _, cell in network.cells_and_names() if isinstance(cell, (*WEIGHTED, *NORMS, nn.Tanh))]
    for cell in cells:
        halved = isinstance(cell, WEIGHTED) and cell is not cells[-1] and not hasattr(cell, "weight_u")
        cell.to_float(HALVES[precision] if halved else ms.float32)
