"""The choice of a device, and MindSpore started on it."""

import os
import platform
from dataclasses import dataclass

from ms_gan.errors import GanError
from ms_gan.runtime.environment import prepare
from ms_gan.runtime.kernels import convolutions_as_products
from ms_gan.runtime.precision import settle

REMEDIES = {
    "GPU": "MindSpore finds no usable NVIDIA GPU (it needs NVIDIA's driver, CUDA 11 and cuDNN 8, and CUDA_HOME set)",
    "Ascend": "MindSpore finds no usable Ascend NPU (it needs its driver and CANN, and CANN's set_env.sh sourced)",
}


@dataclass(frozen=True)
class Device:
    """Where tensors live.

    Attributes:
        name: CPU, GPU or Ascend.
        description: one line for people.
        mindspore: MindSpore's version.
        convolution: one line: how convolutions are computed, and why so.
        precision: one line: what is computed in which precision, and why so.
    """

    name: str
    description: str
    mindspore: str
    convolution: str
    precision: str


def start(device: str = "auto", mode: str = "graph", precision: str = "fp32") -> Device:
    """Import MindSpore and start it on a device. Call once, before anything else of the package that uses MindSpore.

    Args:
        device: CPU, GPU, Ascend, or auto: the first of Ascend, GPU, CPU that is there.
        mode: graph or pynative.
        precision: of the training: fp32, bf16 or fp16; see ms_gan.runtime.precision for what a device makes of it.

    Raises:
        UsageError: a precision that is not for this device.
        GanError: the device is not there or lacks the precision, or MindSpore cannot be imported.
    """
    prepare(precision)
    try:
        import mindspore as ms
    except ImportError as error:
        raise GanError(
            f"MindSpore cannot be imported ({error}); set the project up with scripts/setup_env.sh"
        ) from None
    if device == "auto":
        device = next((name for name in ("Ascend", "GPU") if _is_there(ms, name)), "CPU")
    elif device != "CPU" and not _is_there(ms, device):
        raise GanError(f"--device {device}: {REMEDIES[device]}; meanwhile --device CPU works here")
    ms.set_device(device)
    ms.set_context(mode=ms.GRAPH_MODE if mode == "graph" else ms.PYNATIVE_MODE)
    from ms_gan.models import layers
    from ms_gan.models.precision import leave_bfloat16_to_kernels

    products, convolution = convolutions_as_products(device)
    reduced, precision_line = settle(ms, device, precision)
    layers.convolutions_as_products(products, reduced)
    leave_bfloat16_to_kernels(device == "CPU")
    return Device(device, _describe(ms, device), ms.__version__, convolution, precision_line)


def _is_there(ms, name: str) -> bool:
    """Whether MindSpore's plugin for a device loads and sees at least one."""
    try:
        return bool(ms.hal.is_available(name)) and ms.hal.device_count(name) > 0
    except (ValueError, RuntimeError):
        return False


def _describe(ms, name: str) -> str:
    if name == "CPU":
        return f"CPU, {os.cpu_count()} cores, {platform.machine()}"
    return f"{name}, {ms.hal.get_device_name(0, name)}"
