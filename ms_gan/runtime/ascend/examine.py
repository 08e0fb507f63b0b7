"""MindSpore on an Ascend NPU: whether it can be started there, told without starting it."""

import importlib.util
import os
import platform
import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Optional, Tuple

from ms_gan.runtime.ascend import cann
from ms_gan.runtime.ascend.cann import Cann
from ms_gan.runtime.finding import Finding

PLUGIN = Path("lib") / "plugin" / "libmindspore_ascend.so.2"
# Where the driver's installer notes down where it put the driver, and where it puts it unless it is told otherwise.
INSTALLED, USUAL = Path("etc/ascend_install.info"), Path("usr/local/Ascend")
# Beside one file for each NPU these must be there.
CONTROL = ("davinci_manager", "devmm_svm", "hisi_hdc")
SET_UP = "run bash scripts/setup_env.sh"
CONTAINER = " ".join(f"--device /dev/{name}" for name in ("davinci0", *CONTROL))

Obstacle = Tuple[str, str]  # why, and the remedy


@dataclass(frozen=True)
class Machine:
    """What decides about the Ascend.

    Attributes:
        mindspore: the installed version; "" where MindSpore is not installed.
        plugin: whether that has a plugin for Ascend.
        platform: operating system and processor, such as ("Linux", "aarch64").
        npus: the numbers of the NPUs' files in /dev.
        absent: device files that should stand beside them.
        barred: device files that this user may not open.
        driver: its version, "" where that is unknown; None: there is no driver.
        visible: ASCEND_RT_VISIBLE_DEVICES; None where it is not set.
        device_id: DEVICE_ID; None where it is not set.
        cann: what was found of CANN.
        misnamed: a variable that names a folder without CANN, and that folder.
        not_set_up: variables that are not as CANN's set_env.sh leaves them.
        accepted: versions of CANN for which this MindSpore was made.
        lacking: Python packages that CANN's own code needs.
    """

    mindspore: str = ""
    plugin: bool = False
    platform: Tuple[str, str] = ("Linux", "aarch64")
    npus: Tuple[int, ...] = ()
    absent: Tuple[str, ...] = ()
    barred: Tuple[str, ...] = ()
    driver: Optional[str] = None
    visible: Optional[str] = None
    device_id: Optional[str] = None
    cann: Optional[Cann] = None
    misnamed: Tuple[str, str] = ("", "")
    not_set_up: Tuple[str, ...] = ()
    accepted: Tuple[str, ...] = ()
    lacking: Tuple[str, ...] = ()

    @property
    def left(self) -> int:
        """How many NPUs ASCEND_RT_VISIBLE_DEVICES leaves to this process: those named before the first wrong one."""
        if self.visible is None:
            return len(self.npus)
        # In a container an NPU goes by its number on the host or by its place among those passed in.
        known = {str(number) for number in (*self.npus, *range(len(self.npus)))}
        named = [name.strip() for name in self.visible.split(",")]
        return next((i for i, name in enumerate(named) if name not in known), len(named))


def examine_ascend() -> Finding:
    """Whether MindSpore can be started on an Ascend here, without importing or changing anything."""
    return diagnose(look())


def device_id() -> Optional[int]:
    """The NPU that DEVICE_ID chooses among those left to this process, for `mindspore.set_device`; None: the first."""
    chosen = os.environ.get("DEVICE_ID", "")
    return int(chosen) if chosen.isdecimal() else None


def diagnose(machine: Machine) -> Finding:
    """What a machine's state means: whether its Ascend can be used, else the first obstacle and its remedy."""
    obstacle = _no_plugin(machine) or _no_npu(machine) or _none_left(machine) or _no_cann(machine)
    if obstacle:
        return Finding("Ascend", _found(machine), False, *obstacle)
    return Finding("Ascend", _found(machine), True, notices=_notices(machine))


def look(system: Path = Path("/")) -> Machine:
    """This machine; `system` is the root of its file system."""
    spec = importlib.util.find_spec("mindspore")
    package = Path(spec.origin).parent if spec and spec.origin else None
    devices = system / "dev"
    # The manager's file is of another kind, and a machine without NPUs may have one.
    npus = sorted(int(path.name[7:]) for path in devices.glob("davinci*") if path.name[7:].isdecimal())
    names = [*CONTROL, *(f"davinci{number}" for number in npus)]
    return Machine(
        mindspore=metadata.version("mindspore") if package else "",
        plugin=bool(package) and (package / PLUGIN).is_file(),
        platform=(platform.system(), platform.machine()),
        npus=tuple(npus),
        absent=tuple(name for name in CONTROL if not (devices / name).exists()),
        barred=tuple(name for name in names if not os.access(devices / name, os.R_OK | os.W_OK)),
        driver=_driver(system),
        visible=os.environ.get("ASCEND_RT_VISIBLE_DEVICES"),
        device_id=os.environ.get("DEVICE_ID"),
        cann=cann.find_cann(system),
        misnamed=cann.misnamed(),
        not_set_up=cann.not_set_up(),
        accepted=cann.accepted_versions(package) if package else (),
        lacking=cann.missing_packages(),
    )


def _driver(system: Path) -> Optional[str]:
    """The driver's version, "" where it does not tell; None where there is no driver."""
    places = [system / USUAL]
    noted = re.search(r"^Driver_Install_Path_Param=(.+)$", _text(system / INSTALLED), re.MULTILINE)
    if noted:
        places.insert(0, system / noted.group(1).strip().lstrip("/"))
    for folder in (place / "driver" for place in places):
        if os.path.isdir(folder):
            version = re.search(r"^version=(\S+)", _text(folder / "version.info"), re.MULTILINE | re.IGNORECASE)
            return version.group(1) if version else ""
    return None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _found(machine: Machine) -> str:
    """One clause for people; "" where there is nothing of an Ascend, though CANN may be there."""
    if not machine.npus and machine.driver is None:
        return ""
    parts = []
    if machine.driver is not None:
        parts.append(f"driver {machine.driver}".rstrip())
    if machine.npus:
        parts.append(f"{len(machine.npus)} NPU{'s' if len(machine.npus) > 1 else ''}")
    if machine.cann:
        parts.append(f"CANN {machine.cann.version}".rstrip() + f" in {machine.cann.folder}")
    return ", ".join(parts)


def _no_plugin(machine: Machine) -> Optional[Obstacle]:
    if not machine.mindspore:
        return "MindSpore is not installed", SET_UP
    if machine.plugin:
        return None
    why = "this build of MindSpore has no plugin for Ascend"
    if machine.platform[0] == "Linux":
        return why, "install the one that PyPI has, in an environment of its own: delete .venv, then " + SET_UP
    return f"{why}: there is none for {machine.platform[0]}", "use a machine with Linux"


def _no_npu(machine: Machine) -> Optional[Obstacle]:
    if not machine.npus and machine.driver is None:
        return (
            "there is no Ascend NPU here (no /dev/davinci0, and no driver)",
            "on a machine with an NPU install its driver and firmware, then reboot",
        )
    if not machine.npus:
        return (
            f"Ascend's driver {machine.driver}".rstrip() + " shows no NPU (there is no /dev/davinci0)",
            f"npu-smi info should show one, else reboot; start a container with {CONTAINER}",
        )
    if machine.driver is None:
        return (
            "the NPU's files are in /dev, but its driver is not in /usr/local/Ascend/driver",
            "start a container with -v /usr/local/Ascend/driver:/usr/local/Ascend/driver; elsewhere install the driver",
        )
    if machine.absent:
        names = ", ".join(f"/dev/{name}" for name in machine.absent)
        return f"the NPU needs {names} too", f"start a container with {CONTAINER}; elsewhere reboot"
    if machine.barred:
        return (
            f"this user may not open /dev/{machine.barred[0]}",
            "as root: usermod -aG HwHiAiUser USER, with the name of the user; then log in again",
        )
    return None


def _none_left(machine: Machine) -> Optional[Obstacle]:
    if not machine.left:
        return (
            f"ASCEND_RT_VISIBLE_DEVICES={machine.visible} hides every NPU from MindSpore",
            f"unset it, or let it name NPUs that are here: {_spoken(machine.npus)}",
        )
    if machine.device_id and not (machine.device_id.isdecimal() and int(machine.device_id) < machine.left):
        return (
            f"DEVICE_ID={machine.device_id} names no NPU that this process may use",
            f"unset it, or choose one of {_spoken(tuple(range(machine.left)))}",
        )
    return None


def _spoken(numbers: Tuple[int, ...]) -> str:
    """Numbers as people write them."""
    if len(numbers) > 2 and numbers == tuple(range(numbers[0], numbers[-1] + 1)):
        return f"{numbers[0]} to {numbers[-1]}"
    return ", ".join(map(str, numbers))


def _no_cann(machine: Machine) -> Optional[Obstacle]:
    if machine.misnamed[0]:
        return (
            "{}={} names no folder of CANN (it has no folder opp)".format(*machine.misnamed),
            f"unset it{_or_source(machine.cann)}",
        )
    newest = f" {machine.accepted[-1]}" if machine.accepted else ""
    if machine.cann is None:
        return (
            "CANN is not installed (nothing of it is in /usr/local/Ascend or in ~/Ascend)",
            f"install CANN{newest}: the toolkit and the operators for this NPU; for another place set ASCEND_HOME_PATH",
        )
    if machine.not_set_up:
        script = machine.cann.script or "CANN's set_env.sh"
        return (
            f"CANN in {machine.cann.folder} is not set up in this shell (see {', '.join(machine.not_set_up)})",
            f"source {script}; or start with the scripts in scripts/, which do that",
        )
    version = cann.as_numbers(machine.cann.version)
    if version and machine.accepted and version < cann.as_numbers(machine.accepted[0]):
        return (
            f"CANN {machine.cann.version} is too old: MindSpore {machine.mindspore} was made for"
            f" {', '.join(machine.accepted)}",
            f"install CANN{newest}, or another MindSpore that was made for this one",
        )
    return None


def _or_source(found: Optional[Cann]) -> str:
    return f", then source {found.script}" if found and found.script else ", or let it name one"


def _notices(machine: Machine) -> Tuple[str, ...]:
    notices = []
    if machine.visible is not None:
        notices.append(f"ASCEND_RT_VISIBLE_DEVICES={machine.visible} leaves {machine.left} of {len(machine.npus)} NPUs")
    if machine.device_id:
        notices.append(f"DEVICE_ID={machine.device_id} chooses the NPU")
    elif machine.visible is None and machine.left > 1:
        notices.append(f"of {machine.left} NPUs a process uses the first; ASCEND_RT_VISIBLE_DEVICES=1 chooses the next")
    version = machine.cann.version
    if machine.accepted and version not in machine.accepted:
        notices.append(
            f"MindSpore {machine.mindspore} was made for CANN {', '.join(machine.accepted)};"
            f" this is {version or 'of unknown version'}"
        )
    if machine.lacking:
        names = " ".join(machine.lacking)
        notices.append(f"CANN's own Python code needs packages that are not installed here: pip install {names}")
    return tuple(notices)
