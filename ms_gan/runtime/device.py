"""The choice of a device, and MindSpore started on it."""

import platform
import sys
from dataclasses import dataclass, replace

from ms_gan.config.device_names import split_name
from ms_gan.errors import GanError
from ms_gan.runtime.ascend.examine import device_id, examine_ascend
from ms_gan.runtime.cards import take_card
from ms_gan.runtime.checkup import usable_cores
from ms_gan.runtime.cpu.kernels import convolutions_as_products
from ms_gan.runtime.environment import prepare
from ms_gan.runtime.finding import Finding
from ms_gan.runtime.gpu.cuda import examine_gpu, prepare_gpu
from ms_gan.runtime.precision import set_precision
from ms_gan.runtime.signals import uninterrupted
from ms_gan.runtime.workers import Workers, join_workers

EXAMINATIONS = {"Ascend": examine_ascend, "GPU": examine_gpu}  # in the order in which `auto` prefers them
CPU = Finding("CPU", f"{usable_cores()} cores", True)
WHOLE_TABLE = "run `python -m ms_gan.cli.doctor` for the full table"


@dataclass(frozen=True)
class Device:
    """Where tensors live.

    Attributes:
        name: CPU, GPU or Ascend.
        description: one line for people.
        mindspore: MindSpore's version.
        convolution: one line: how convolutions are computed, and why so.
        precision: one line: what is computed in which precision, and why so.
        workers: which of several workers this process is.
    """

    name: str
    description: str
    mindspore: str
    convolution: str
    precision: str
    workers: Workers = Workers(0, 1)


def start(device: str = "auto", mode: str = "graph", precision: str = "fp32") -> Device:
    """Import MindSpore and start it on a device. Call once, before anything else of the package that uses MindSpore.

    Args:
        device: CPU, GPU, Ascend, one of several such as GPU:1, or auto: the first of Ascend, GPU, CPU that is there.
        mode: graph or pynative.
        precision: of the training: fp32, bf16 or fp16; see ms_gan.runtime.precision for what a device makes of it.

    Raises:
        UsageError: a precision that is not for this device.
        GanError: the device is not there or lacks the precision, or MindSpore cannot be imported.
    """
    prepare(precision)
    finding = choose(device)
    if finding.device == "GPU":
        prepare_gpu()
    try:
        with uninterrupted():
            import mindspore as ms
    except ImportError as error:
        raise GanError(
            f"MindSpore cannot be imported ({error}); set up the environment with scripts/setup_env.sh",
            code="uninstalled",
        ) from None
    finding = _confirmed(ms, finding, asked_for=device != "auto")
    for notice in finding.notices:
        print(f"note: {notice}", file=sys.stderr, flush=True)
    device = finding.device
    ms.set_device(device, device_id() if device == "Ascend" else None)
    ms.set_context(mode=ms.GRAPH_MODE if mode == "graph" else ms.PYNATIVE_MODE)
    workers = join_workers(ms, device)
    from ms_gan.models import layers
    from ms_gan.models.precision import leave_bfloat16_to_kernels

    products, convolution = convolutions_as_products(device)
    reduced, precision_line = set_precision(ms, device, precision)
    layers.convolutions_as_products(products, reduced)
    leave_bfloat16_to_kernels(device == "CPU")
    return Device(device, _describe(ms, device), ms.__version__, convolution, precision_line, workers)


def choose(device: str) -> Finding:
    """The device to start on, before MindSpore is imported.

    Args:
        device: CPU, GPU or Ascend; one of several, such as GPU:1; or auto: the first of Ascend, GPU, CPU that can be
            used. Where a device is there and cannot be used, the notices of what is taken in its place say why.

    Raises:
        GanError: the device cannot be used; says why, and what to do.
    """
    if device == "CPU":
        return CPU
    if device != "auto":
        name, number = split_name(device)
        set_by_number = "" if number is None else f" (sets {take_card(name, number)})"
        finding = EXAMINATIONS[name]()
        if not finding.usable:
            raise GanError(f"--device {device}{set_by_number}: {_complaint(finding)}; {WHOLE_TABLE}")
        return finding
    notices = []
    for examine in EXAMINATIONS.values():
        finding = examine()
        if finding.usable:
            return finding
        if finding.found:
            notices.append(f"{finding.device} ({finding.found}) is not used: {_complaint(finding)}")
    return replace(CPU, notices=tuple(notices))


def _complaint(finding: Finding) -> str:
    return "; ".join(filter(None, (finding.why, finding.remedy)))


def _confirmed(ms, finding: Finding, asked_for: bool) -> Finding:
    """The device that MindSpore, now imported, starts on: the one found, or the CPU where nobody asked for that one."""
    refusal = _refusal(ms, finding.device)
    if not refusal:
        return finding
    if asked_for:
        raise GanError(f"--device {finding.device} ({finding.found}): {refusal}; {WHOLE_TABLE}")
    return replace(CPU, notices=(f"{finding.device} ({finding.found}) is not used: {refusal}; {WHOLE_TABLE}",))


def _refusal(ms, name: str) -> str:
    """Why MindSpore does not start on a device: its plugin does not load, or sees none. "" where it does."""
    if name == "CPU":
        return ""
    if not ms.hal.is_available(name):
        from mindspore._c_expression import MSContext

        errors = MSContext.get_instance().load_plugin_error().splitlines()
        named = [line for line in errors if f"mindspore_{name.lower()}.so" in line]
        return f"MindSpore does not load its plugin ({' '.join(named) or 'no reason given'})"
    try:
        return "" if ms.hal.device_count(name) > 0 else "MindSpore sees no device"
    except (ValueError, RuntimeError) as error:
        told = [line for line in str(error).splitlines() if line and not line.startswith("-")]
        return f"MindSpore sees no device ({told[0] if told else type(error).__name__})"


def _describe(ms, name: str) -> str:
    if name == "CPU":
        return f"CPU, {usable_cores()} cores, {platform.machine()}"
    return f"{name}, {ms.hal.get_device_name(0, name)}"
