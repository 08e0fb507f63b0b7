"""The Ascend in every state that can be told apart without one; the last tests lay a machine out in a folder."""

import errno
import importlib.util
import os
from dataclasses import replace
from pathlib import Path

import pytest

from ms_gan.runtime.ascend.cann import Cann
from ms_gan.runtime.ascend.examine import CONTROL, Machine, cann, device_id, diagnose, examine_ascend, look

PLACE = Path("/usr/local/Ascend/cann")
READY = Machine(
    mindspore="2.10.0",
    plugin=True,
    npus=(0,),
    driver="25.2.0",
    cann=Cann(PLACE, "8.5", PLACE / "set_env.sh"),
    accepted=("8.2", "8.5", "9.1"),
)
EIGHT = tuple(range(8))


def test_a_machine_with_all_it_takes():
    finding = diagnose(READY)
    assert finding.usable and (finding.why, finding.remedy, finding.notices) == ("", "", ())
    assert finding.found == "driver 25.2.0, 1 NPU, CANN 8.5 in /usr/local/Ascend/cann"


@pytest.mark.parametrize(
    "changes, why, remedy",
    [
        ({"mindspore": ""}, "MindSpore is not installed", "bash scripts/setup_env.sh"),
        ({"plugin": False}, "no plugin for Ascend", "install the one that PyPI has"),
        ({"plugin": False, "platform": ("Darwin", "arm64")}, "there is none for Darwin", "a machine with Linux"),
        ({"npus": (), "driver": None}, "there is no Ascend NPU here", "install its driver and firmware"),
        ({"npus": ()}, "driver 25.2.0 shows no NPU", "--device /dev/davinci0 --device /dev/davinci_manager"),
        ({"driver": None}, "its driver is not in /usr/local/Ascend/driver", "-v /usr/local/Ascend/driver:"),
        ({"absent": ("hisi_hdc",)}, "the NPU needs /dev/hisi_hdc too", "--device /dev/hisi_hdc"),
        ({"barred": ("davinci_manager",)}, "this user may not open /dev/davinci_manager", "usermod -aG HwHiAiUser"),
        ({"visible": ""}, "ASCEND_RT_VISIBLE_DEVICES= hides every NPU", "NPUs that are here: 0"),
        ({"npus": EIGHT, "visible": "8,0"}, "ASCEND_RT_VISIBLE_DEVICES=8,0 hides", "NPUs that are here: 0 to 7"),
        ({"npus": EIGHT, "visible": "2,3", "device_id": "2"}, "DEVICE_ID=2 names no NPU", "choose one of 0, 1"),
        ({"device_id": "first"}, "DEVICE_ID=first names no NPU", "unset it"),
        (
            {"misnamed": ("ASCEND_HOME_PATH", "/x")},
            "ASCEND_HOME_PATH=/x names no folder of CANN",
            "unset it, then sourc",
        ),
        ({"cann": None}, "CANN is not installed", "install CANN 9.1: the toolkit and the operators"),
        ({"cann": None, "accepted": ()}, "CANN is not installed", "install CANN: the toolkit"),
        (
            {"not_set_up": ("ASCEND_OPP_PATH", "PYTHONPATH")},
            "CANN in /usr/local/Ascend/cann is not set up in this shell (see ASCEND_OPP_PATH, PYTHONPATH)",
            "source /usr/local/Ascend/cann/set_env.sh",
        ),
        (
            {"cann": Cann(PLACE, "7.8", None)},
            "CANN 7.8 is too old: MindSpore 2.10.0 was made for 8.2, 8.5, 9.1",
            "install CANN 9.1",
        ),
    ],
)
def test_each_obstacle_has_its_sentence_and_remedy(changes, why, remedy):
    finding = diagnose(replace(READY, **changes))
    assert not finding.usable and finding.notices == ()
    assert why in finding.why and remedy in finding.remedy
    assert "\n" not in finding.why + finding.remedy and not finding.why.endswith(".")


@pytest.mark.parametrize(
    "changes, notice",
    [
        ({"npus": EIGHT}, "of 8 NPUs a process uses the first; ASCEND_RT_VISIBLE_DEVICES=1 chooses the next"),
        ({"npus": EIGHT, "visible": "2, 3", "device_id": "1"}, "ASCEND_RT_VISIBLE_DEVICES=2, 3 leaves 2 of 8 NPUs"),
        ({"npus": EIGHT, "visible": "2, 3", "device_id": "1"}, "DEVICE_ID=1 chooses the NPU"),
        ({"npus": (4,), "visible": "4"}, "leaves 1 of 1 NPUs"),
        ({"npus": (4,), "visible": "0"}, "leaves 1 of 1 NPUs"),
        ({"cann": Cann(PLACE, "9.2", None)}, "MindSpore 2.10.0 was made for CANN 8.2, 8.5, 9.1; this is 9.2"),
        ({"cann": Cann(PLACE, "8.10", None)}, "this is 8.10"),
        ({"cann": Cann(PLACE, "", None)}, "this is of unknown version"),
        ({"lacking": ("attrs", "sympy")}, "pip install attrs sympy"),
    ],
)
def test_what_a_user_should_know_though_it_works(changes, notice):
    finding = diagnose(replace(READY, **changes))
    assert finding.usable and any(notice in line for line in finding.notices)


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """An environment without a word of Ascend, and a folder that stands for the root of the file system."""
    for name in (*cann.NAMED_BY, *dict(cann.SET_UP), "ASCEND_RT_VISIBLE_DEVICES", "DEVICE_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path


def write(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_a_machine_is_looked_at(bare, monkeypatch):
    for name in ("davinci10", "davinci4", *CONTROL):
        write(bare / "dev" / name)
    write(bare / "etc/ascend_install.info", "UserName=a\nDriver_Install_Path_Param=/opt/npu\n")
    write(bare / "opt/npu/driver/version.info", "Version=25.2.0\nother=1\n")
    home = bare / "usr/local/Ascend/cann-8.5.0"
    (home / "opp").mkdir(parents=True)
    write(home / "set_env.sh")
    write(home / "x86_64-linux/ascend_toolkit_install.info", "package_name=a\nversion=8.3.RC1\n")
    machine = look(bare)
    assert (machine.npus, machine.absent, machine.barred, machine.driver) == ((4, 10), (), (), "25.2.0")
    assert machine.cann == Cann(home, "8.3", home / "set_env.sh")
    assert machine.not_set_up == tuple(dict(cann.SET_UP))

    write(home / "compiler/version.info", "version_dir=8.5.0\nVersion=8.5.0.1.220\n")
    monkeypatch.setenv("ASCEND_HOME_PATH", str(home))
    monkeypatch.setenv("ASCEND_OPP_PATH", f"{home}/opp")
    monkeypatch.setenv("PYTHONPATH", f"/mine:{home}/opp/built-in/op_impl/ai_core/tbe")
    machine = look(bare)
    assert machine.cann.version == "8.5" and machine.not_set_up == ("LD_LIBRARY_PATH",)
    (bare / "dev/hisi_hdc").unlink()
    assert look(bare).absent == ("hisi_hdc",)


def test_the_cann_that_the_environment_names_comes_first(bare, monkeypatch):
    older = bare / "home/Ascend/ascend-toolkit"
    newer = [bare / "home/Ascend" / name for name in ("cann-8.5.0", "cann-8.10.0")]
    for folder in (older / "latest", *newer):
        (folder / "opp").mkdir(parents=True)
    write(older / "set_env.sh")
    assert cann.find_cann(bare).folder == newer[1]
    monkeypatch.setenv("ASCEND_TOOLKIT_HOME", str(older / "latest"))
    assert cann.find_cann(bare) == Cann(older / "latest", "", older / "set_env.sh")
    assert cann.misnamed() == ("", "")
    monkeypatch.setenv("ASCEND_HOME_PATH", str(bare))
    assert cann.misnamed() == ("ASCEND_HOME_PATH", str(bare)) and cann.find_cann(bare).folder == older / "latest"


def test_the_installed_mindspore_tells_its_versions_of_cann():
    package = Path(importlib.util.find_spec("mindspore").origin).parent
    accepted = cann.accepted_versions(package)
    assert {"8.2", "8.3", "8.5"} <= set(accepted) and accepted == tuple(sorted(accepted, key=cann.as_numbers))
    assert cann.accepted_versions(package / "nowhere") == ()


def test_no_ascend_here(bare):
    assert diagnose(replace(READY, npus=(), driver=None)).found == ""
    finding = diagnose(look(bare))
    assert (finding.device, finding.found, finding.usable) == ("Ascend", "", False)
    assert "there is no Ascend NPU here" in finding.why
    assert examine_ascend().device == "Ascend"


def test_device_id(monkeypatch):
    monkeypatch.setenv("DEVICE_ID", "3")
    assert device_id() == 3
    monkeypatch.delenv("DEVICE_ID")
    assert device_id() is None


def test_a_home_folder_that_this_user_may_not_enter_holds_no_cann(monkeypatch, tmp_path):
    look = os.stat

    def stat(path, *args, **kwargs):
        if str(path).startswith("/locked/"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return look(path, *args, **kwargs)

    for name in cann.NAMED_BY:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/locked")  # as where a container's user is not the one that its image was made for
    monkeypatch.setattr(os, "stat", stat)
    assert cann.find_cann(tmp_path) is None
