"""What NVIDIA's driver tells of itself and of its cards, asked through its own library: no CUDA is needed for that."""

import ctypes
import re
from dataclasses import dataclass
from pathlib import Path
from typing import List, Optional, Tuple

LIBRARY = "libcuda.so.1"
KERNEL_MODULE = Path("/proc/driver/nvidia/version")

OLDEST_CUDA = (11, 6)  # of the driver: MindSpore's plugin is built with that release
OLDEST_CAPABILITY = (6, 0)  # of a card: the oldest that MindSpore's kernels are compiled for

# From cuda.h: results, and attributes of a card.
STUB_LIBRARY = 34
NO_DEVICE = 100
DRIVER_MISMATCH = 803
CAPABILITY_MAJOR, CAPABILITY_MINOR = 75, 76

Obstacle = Tuple[str, str]  # why, and the remedy


@dataclass(frozen=True)
class GraphicsCard:
    """A card as the driver names it.

    Attributes:
        name: for people.
        capability: the compute capability, major and minor.
    """

    name: str
    capability: Tuple[int, int]


@dataclass(frozen=True)
class Driver:
    """NVIDIA's driver, as far as it could be asked.

    Attributes:
        version: such as 535.104.05, from its kernel module; "" where that does not tell (WSL, or no driver at all).
        loads: whether its library was found.
        cuda: the newest CUDA release that it runs.
        error: what cuInit returned; 0 is success.
        cards: those that this process may use: CUDA_VISIBLE_DEVICES has been applied.
    """

    version: str = ""
    loads: bool = False
    cuda: Tuple[int, int] = (0, 0)
    error: int = 0
    cards: Tuple[GraphicsCard, ...] = ()

    @property
    def absent(self) -> bool:
        """Whether there is nothing of NVIDIA's to use: no driver, or a driver without cards."""
        return not (self.loads or self.version) or (self.loads and not self.cards and self.error in (0, NO_DEVICE))

    @property
    def description(self) -> str:
        """One clause for people."""
        name = f"driver {self.version}" if self.version else "a driver"
        if not self.cards:
            return name
        count = f"{len(self.cards)} card{'s' if len(self.cards) > 1 else ''}"
        names = ", ".join(dict.fromkeys(card.name for card in self.cards))
        return f"{name}, {count}: {names}"


def dotted(version: Tuple[int, int]) -> str:
    """A version as people write it."""
    return ".".join(map(str, version))


def look_for_driver(library: str = LIBRARY, kernel_module: Path = KERNEL_MODULE) -> Driver:
    """Ask the driver. Where there is none that takes no time; where there is one it is started, without any context.

    Args:
        library: the driver's, by name or path.
        kernel_module: the file in which the driver's kernel module tells its version.
    """
    version = _module_version(kernel_module)
    try:
        cuda = ctypes.CDLL(library)
        newest = ctypes.c_int()
        cuda.cuDriverGetVersion(ctypes.byref(newest))
        error = cuda.cuInit(0)
        cards = tuple(_cards(cuda)) if error == 0 else ()
    except (OSError, AttributeError):  # not there, or not NVIDIA's
        return Driver(version)
    return Driver(version, True, (newest.value // 1000, newest.value % 1000 // 10), error, cards)


def obstacle(driver: Driver, visible: Optional[str] = None) -> Optional[Obstacle]:
    """What keeps MindSpore from a driver's first card: why and the remedy, or None.

    Args:
        driver: what was found.
        visible: CUDA_VISIBLE_DEVICES; None where it is not set.
    """
    named = f"NVIDIA's driver {driver.version}".rstrip()
    if not driver.loads and driver.version:
        return (
            f"the kernel has {named}, but its library {LIBRARY} is not to be found",
            "in a container, start that with --gpus all; elsewhere install the rest of the driver",
        )
    if not driver.loads:
        return (
            f"there is no NVIDIA driver here ({LIBRARY} is not to be found)",
            "on a machine with an NVIDIA card install its driver, 510 or later, and reboot (CUDA itself is not needed)",
        )
    if driver.error == STUB_LIBRARY:
        return f"{LIBRARY} is a CUDA toolkit's stand-in, not the driver's", "take the folder stubs off LD_LIBRARY_PATH"
    if driver.cuda < OLDEST_CUDA:
        return (
            f"{named} is too old: it runs CUDA {dotted(driver.cuda)}, and MindSpore needs {dotted(OLDEST_CUDA)}",
            "install NVIDIA's driver 510 or later",
        )
    return _no_card(driver, named, visible) or _too_old(driver.cards[0])


def _no_card(driver: Driver, named: str, visible: Optional[str]) -> Optional[Obstacle]:
    if driver.error == DRIVER_MISMATCH:
        return (
            f"{named} does not start: its library and its kernel module are of different versions",
            "reboot; in a container, use an image that brings no driver of its own",
        )
    if driver.error not in (0, NO_DEVICE):
        return (
            f"{named} does not start (cuInit returns {driver.error})",
            "load its module nvidia_uvm (as root: modprobe nvidia_uvm) or reboot; nvidia-smi should then show the card",
        )
    if driver.cards:
        return None
    if visible is not None:
        return (
            f"CUDA_VISIBLE_DEVICES={visible} hides every card from MindSpore",
            "unset it, or let it name a card that nvidia-smi shows",
        )
    return (
        f"{named} sees no card",
        "nvidia-smi should show one; in a container or a batch job, ask for one (--gpus all, --gres=gpu:1)",
    )


def _too_old(card: GraphicsCard) -> Optional[Obstacle]:
    if card.capability >= OLDEST_CAPABILITY:
        return None
    return (
        f"{card.name} is too old: its compute capability is {dotted(card.capability)}, "
        f"and MindSpore's kernels begin at {dotted(OLDEST_CAPABILITY)}",
        "use a newer card",
    )


def _cards(cuda: ctypes.CDLL) -> List[GraphicsCard]:
    count = ctypes.c_int()
    cuda.cuDeviceGetCount(ctypes.byref(count))
    cards = []
    for ordinal in range(count.value):
        card, name = ctypes.c_int(), ctypes.create_string_buffer(256)
        cuda.cuDeviceGet(ctypes.byref(card), ordinal)
        cuda.cuDeviceGetName(name, len(name), card)
        capability = tuple(_attribute(cuda, card, which) for which in (CAPABILITY_MAJOR, CAPABILITY_MINOR))
        cards.append(GraphicsCard(name.value.decode(errors="replace"), capability))
    return cards


def _attribute(cuda: ctypes.CDLL, card: ctypes.c_int, which: int) -> int:
    value = ctypes.c_int()
    cuda.cuDeviceGetAttribute(ctypes.byref(value), which, card)
    return value.value


def _module_version(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    found = re.search(r"NVRM version:.*?\s(\d{2,}(?:\.\d+)+)\s", text)
    return found.group(1) if found else ""
