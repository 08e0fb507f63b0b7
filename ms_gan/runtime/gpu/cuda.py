"""MindSpore on an NVIDIA GPU: whether it can be started there, and what must be done before it is imported."""

import ctypes
import importlib.util
import os
import platform
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional, Tuple

from ms_gan.errors import GanError
from ms_gan.runtime.environment import kernel_cache
from ms_gan.runtime.finding import Finding
from ms_gan.runtime.gpu import nvidia_driver
from ms_gan.runtime.gpu.cuda_folder import CUDA, CUDNN, Libraries, find_libraries, lay_out
from ms_gan.runtime.gpu.nvidia_driver import Driver, Obstacle

PLUGIN = Path("lib") / "plugin" / "libmindspore_gpu.so.11.6"
# The plugin's RPATH ends with this folder, and the loader searches it before LD_LIBRARY_PATH.
SYSTEM_CUDA = Path("/usr/local/cuda/lib64")
NEWEST_COMPILED = 8  # the major capability up to which MindSpore's wheel holds machine code; PTX for the newer
SET_UP = "bash scripts/setup_env.sh gpu"


@dataclass(frozen=True)
class Machine:
    """What decides about the GPU.

    Attributes:
        plugin: whether the installed MindSpore has a plugin for GPUs; None: there is no MindSpore.
        platform: operating system and processor, such as ("Linux", "x86_64").
        driver: NVIDIA's driver and cards.
        libraries: CUDA's, as found.
        visible: CUDA_VISIBLE_DEVICES; None where it is not set.
        shadows: names of libraries in SYSTEM_CUDA that the plugin would load in place of those found.
        cache: where the driver keeps the kernels that it compiles.
        compiled: whether it holds any.
    """

    plugin: Optional[bool]
    platform: Tuple[str, str]
    driver: Driver
    libraries: Libraries
    visible: Optional[str] = None
    shadows: Tuple[str, ...] = ()
    cache: Path = Path()
    compiled: bool = False


def examine_gpu() -> Finding:
    """Whether MindSpore can be started on an NVIDIA GPU here, told without importing it or changing anything.

    NVIDIA's driver is asked, where there is one; nothing is put on a card.
    """
    return diagnose(_look())


def lacks_libraries() -> bool:
    """Whether the wheels of setup.py's extra `gpu` are all that keeps MindSpore from this machine's GPU."""
    machine = _look()
    with_wheels = replace(machine.libraries, missing=())
    return bool(machine.libraries.missing) and diagnose(replace(machine, libraries=with_wheels)).usable


def prepare_gpu() -> None:
    """Make MindSpore's import load its GPU plugin: lay out a CUDA folder, set CUDA_HOME, load CUDA's libraries.

    The libraries are loaded by their paths, before MindSpore asks for them by name: a name that is loaded already is
    not searched for, so neither the plugin's RPATH nor a user's LD_LIBRARY_PATH can put another CUDA in their place.
    LD_LIBRARY_PATH is set for the programs that MindSpore starts.

    Raises:
        GanError: a library cannot be loaded, or the folder cannot be made.
    """
    libraries = find_libraries()
    home = lay_out(libraries)
    os.environ["CUDA_HOME"] = str(home)
    others = os.environ.get("LD_LIBRARY_PATH")
    os.environ["LD_LIBRARY_PATH"] = os.pathsep.join([str(home / "lib64"), *([others] if others else [])])
    kernel_cache().mkdir(parents=True, exist_ok=True)
    preload(libraries)


def set_up() -> None:
    """What scripts/setup_env.sh does for its extra `gpu` once that is installed.

    It lays out the CUDA folder, and says on stderr whether the GPU can be used now.
    """
    libraries = find_libraries()
    if libraries.usable:
        lay_out(libraries)
    finding = examine_gpu()
    told = finding.found if finding.usable else "; ".join((finding.why, finding.remedy))
    print(f"GPU: {told}", file=sys.stderr)


def preload(libraries: Libraries) -> None:
    """Load libraries into this process, so that whoever asks for them by name gets these.

    Raises:
        GanError: one of them cannot be loaded.
    """
    for path in libraries.files.values():
        try:
            ctypes.CDLL(os.fspath(path))
        except OSError as error:
            raise GanError(f"{libraries.origin} cannot be loaded ({error}); run {SET_UP}", code="uninstalled") from None


def diagnose(machine: Machine) -> Finding:
    """What a machine's state means: whether its GPU can be used, else the first obstacle and its remedy."""
    obstacle = (
        _no_plugin(machine)
        or nvidia_driver.obstacle(machine.driver, machine.visible)
        or _no_libraries(machine.libraries)
    )
    found = "" if machine.driver.absent else machine.driver.description
    if obstacle:
        return Finding("GPU", found, False, *obstacle)
    return Finding("GPU", f"{found}, {machine.libraries.origin}", True, notices=_notices(machine))


def _look() -> Machine:
    """This machine."""
    mindspore = importlib.util.find_spec("mindspore")
    plugin = bool(mindspore.origin) and (Path(mindspore.origin).parent / PLUGIN).is_file() if mindspore else None
    libraries = find_libraries()
    names = [name for name, path in libraries.files.items() if path.parent.resolve() != SYSTEM_CUDA.resolve()]
    cache = kernel_cache()
    return Machine(
        plugin=plugin,
        platform=(platform.system(), platform.machine()),
        driver=nvidia_driver.look_for_driver() if plugin else Driver(),
        libraries=libraries,
        visible=os.environ.get("CUDA_VISIBLE_DEVICES"),
        shadows=tuple(name for name in names if (SYSTEM_CUDA / name).exists()),
        cache=cache,
        compiled=_holds_something(cache),
    )


def _holds_something(folder: Path) -> bool:
    """Whether there is a folder with something in it, as far as this user can tell."""
    try:
        return any(folder.iterdir())
    except OSError:
        return False


def _no_plugin(machine: Machine) -> Optional[Obstacle]:
    if machine.plugin is None:
        return "MindSpore is not installed", f"run {SET_UP}"
    if machine.plugin:
        return None
    why = "this build of MindSpore has no plugin for NVIDIA GPUs"
    if machine.platform == ("Linux", "x86_64"):
        return why, "install the one that PyPI has, in an environment of its own: delete .venv, then run " + SET_UP
    return f"{why}: there is none for {' on '.join(machine.platform)}", "use a machine with Linux on x86_64"


def _no_libraries(libraries: Libraries) -> Optional[Obstacle]:
    if len(libraries.missing) == len(CUDA + CUDNN):
        return "the libraries of CUDA 11 and cuDNN 8 are not installed", f"run {SET_UP}"
    if libraries.missing:
        return f"libraries of CUDA 11 and cuDNN 8 are missing ({', '.join(libraries.missing)})", f"run {SET_UP}"
    if libraries.overwritten_by:
        return (
            f"{libraries.overwritten_by}, which PyTorch brings, has overwritten libraries of CUDA 11 here",
            f"use an environment without PyTorch: with none active, run {SET_UP}",
        )
    return None


def _notices(machine: Machine) -> Tuple[str, ...]:
    notices = []
    cards = machine.driver.cards
    if len(cards) > 1:
        notices.append(
            f"of {len(cards)} cards a process uses the first, {cards[0].name}; CUDA_VISIBLE_DEVICES=1 chooses the next"
        )
    if cards[0].capability[0] > NEWEST_COMPILED and not machine.compiled:
        notices.append(
            f"the first start on {cards[0].name} compiles MindSpore's kernels for it, which can take minutes; "
            f"they are kept in {machine.cache}"
        )
    if machine.shadows:
        names = ", ".join(machine.shadows)
        notices.append(f"another {names} in {SYSTEM_CUDA} is kept out by preloading {machine.libraries.origin}")
    return tuple(notices)
