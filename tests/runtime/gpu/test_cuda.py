"""The GPU in every state that can be told apart without one, and MindSpore's way to CUDA's libraries."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ms_gan.runtime.gpu import cuda
from ms_gan.runtime.gpu.cuda import Machine, diagnose, examine_gpu, preload
from ms_gan.runtime.gpu.cuda_folder import CUDA, CUDNN, Libraries
from ms_gan.runtime.gpu.nvidia_driver import Driver, GraphicsCard
from tests.refusals import failed
from tests.runtime.cuda_stubs import build, driver, needs_compiler, wheels

ROOT = Path(__file__).parents[3]
A100 = GraphicsCard("NVIDIA A100", (8, 0))
H100 = GraphicsCard("NVIDIA H100", (9, 0))
READY = Machine(
    plugin=True,
    platform=("Linux", "x86_64"),
    driver=Driver("535.104", True, (12, 2), 0, (A100,)),
    libraries=Libraries("CUDA 11.8 from pip", {}),
    cache=Path("/cache/cuda-kernels"),
)


def with_cards(*cards, **changes):
    return replace(READY, driver=replace(READY.driver, cards=cards), **changes)


def test_a_machine_with_all_it_takes():
    finding = diagnose(READY)
    assert finding.usable and (finding.why, finding.remedy, finding.notices) == ("", "", ())
    assert finding.found == "driver 535.104, 1 card: NVIDIA A100, CUDA 11.8 from pip"


@pytest.mark.parametrize(
    "changes, why, remedy",
    [
        ({"plugin": None}, "MindSpore is not installed", "bash scripts/setup_env.sh gpu"),
        ({"plugin": False}, "no plugin for NVIDIA GPUs", "install the one that PyPI has"),
        ({"plugin": False, "platform": ("Linux", "aarch64")}, "none for Linux on aarch64", "Linux on x86_64"),
        ({"plugin": False, "platform": ("Darwin", "arm64")}, "none for Darwin on arm64", "Linux on x86_64"),
        ({"driver": Driver()}, "no NVIDIA driver here", "install its driver"),
        ({"driver": Driver("470.1", True, (11, 4), 0, (A100,))}, "470.1 is too old", "driver 510 or later"),
        ({"driver": Driver("535.1", True, (12, 2), 100), "visible": ""}, "CUDA_VISIBLE_DEVICES= hides", "unset it"),
        (
            {"libraries": Libraries("", {}, missing=CUDA + CUDNN)},
            "the libraries of CUDA 11 and cuDNN 8 are not installed",
            "bash scripts/setup_env.sh gpu",
        ),
        ({"libraries": Libraries("", {}, ("libcufft.so.10",))}, "(libcufft.so.10)", "bash scripts/setup_env.sh gpu"),
        (
            {"libraries": Libraries("", {}, overwritten_by="nvidia-curand-cu12")},
            "nvidia-curand-cu12, which PyTorch brings, has overwritten",
            "an environment without PyTorch",
        ),
    ],
)
def test_every_state_has_its_sentence_and_its_remedy(changes, why, remedy):
    finding = diagnose(replace(READY, **changes))
    assert not finding.usable and why in finding.why and remedy in finding.remedy
    assert not (finding.why + finding.remedy).endswith(".")


def test_the_first_obstacle_is_told():
    nothing = Machine(False, ("Linux", "x86_64"), Driver(), Libraries("", {}, CUDA + CUDNN))
    assert "plugin" in diagnose(nothing).why
    assert "driver" in diagnose(replace(nothing, plugin=True)).why


def test_nothing_is_found_where_there_is_no_card():
    assert diagnose(replace(READY, driver=Driver())).found == ""
    assert diagnose(with_cards()).found == ""
    assert diagnose(replace(READY, libraries=Libraries("", {}, CUDA))).found == "driver 535.104, 1 card: NVIDIA A100"


def test_notices():
    (several,) = diagnose(with_cards(A100, A100)).notices
    assert several.startswith("of 2 cards a process uses the first, NVIDIA A100; CUDA_VISIBLE_DEVICES=1")
    (newer,) = diagnose(with_cards(H100)).notices
    assert "NVIDIA H100 compiles" in newer and newer.endswith("kept in /cache/cuda-kernels")
    assert diagnose(with_cards(H100, compiled=True)).notices == ()
    assert diagnose(with_cards(GraphicsCard("RTX 4090", (8, 9)))).notices == ()
    (shadow,) = diagnose(replace(READY, shadows=("libcusolver.so.11",))).notices
    assert shadow == ("another libcusolver.so.11 in /usr/local/cuda/lib64 is kept out by preloading CUDA 11.8 from pip")


def test_only_missing_libraries_are_worth_an_installation(monkeypatch):
    bare = Libraries("CUDA 11.8 from pip", {}, missing=CUDA + CUDNN)
    for machine, lacking in [
        (replace(READY, libraries=bare), True),
        (READY, False),
        (replace(READY, libraries=bare, driver=Driver()), False),
        (replace(READY, libraries=bare, plugin=False), False),
    ]:
        monkeypatch.setattr(cuda, "_look", lambda machine=machine: machine)
        assert cuda.lacks_libraries() is lacking


def test_a_library_that_cannot_be_loaded(tmp_path):
    (tmp_path / "libcufft.so.10").write_text("no library")
    with failed("uninstalled", says=r"^CUDA 11.8 from pip .*libcufft.so.10.* run bash scripts/setup_env.sh gpu"):
        preload(Libraries("CUDA 11.8 from pip", {"libcufft.so.10": tmp_path / "libcufft.so.10"}))


def python(script, *arguments, **environment):
    """Runs a script in a process whose system has no CUDA; what it prints, from JSON."""
    begin = "import json, os, sys; from ms_gan.runtime.gpu import cuda, cuda_folder; cuda_folder.SYSTEM_FOLDERS = ()\n"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CUDA_", "LD_"))}
    kept["PYTHONPATH"] = os.pathsep.join([str(ROOT), environment.pop("packages", "")])
    command = [sys.executable, "-c", begin + script, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env={**kept, **environment}, check=True)
    return json.loads(done.stdout)


LOOK = """
cuda.SYSTEM_CUDA = cuda.Path(sys.argv[1])
before = sorted(os.listdir(sys.prefix)), dict(os.environ)
finding = cuda.examine_gpu()
assert before == (sorted(os.listdir(sys.prefix)), dict(os.environ)), "examining changes nothing"
print(json.dumps([finding.found, finding.usable, finding.why, list(finding.notices), "mindspore" in sys.modules]))
"""


@needs_compiler
def test_examination_of_a_machine(tmp_path):
    packages, shadows = str(wheels(tmp_path)), tmp_path / "system"
    shadows.mkdir()
    (shadows / "libcurand.so.10").touch()
    machine = {"LD_LIBRARY_PATH": str(driver(tmp_path / "driver")), "MS_GAN_CACHE": str(tmp_path / "cache")}

    found, usable, why, notices, imported = python(LOOK, shadows, packages=packages, **machine)
    assert found.endswith(", 1 card: Stand-in A, CUDA 11.8 from pip")
    assert (usable, why, imported) == (True, "", False)
    assert [notice.split(" in ")[0] for notice in notices] == ["another libcurand.so.10"]

    found, usable, why, _, _ = python(LOOK, shadows, **machine, STUB_CUDA="11040")
    assert not usable and "is too old: it runs CUDA 11.4" in why


def test_examination_of_this_machine_is_quick():
    started = os.times()
    examine_gpu()
    ended = os.times()
    assert ended.user + ended.system - started.user - started.system < 0.1


PREPARE = """
sys.prefix = sys.argv[1]
cuda.prepare_gpu()
loaded = sorted({line.split()[-1] for line in open("/proc/self/maps") if sys.argv[1] in line})
print(json.dumps([os.environ["CUDA_HOME"], os.environ["LD_LIBRARY_PATH"], loaded]))
"""


@needs_compiler
def test_preparation(tmp_path):
    packages, cache = wheels(tmp_path / "site", compiled=True), tmp_path / "cache"
    home, search, loaded = python(
        PREPARE, tmp_path, packages=str(packages), CUDA_HOME="/usr/local/cuda-12", LD_LIBRARY_PATH="/old",
        MS_GAN_CACHE=str(cache),
    )  # fmt: skip
    assert (home, search) == (f"{tmp_path}/cuda-11", f"{tmp_path}/cuda-11/lib64:/old")
    assert {Path(path).name for path in loaded} == {*CUDA, *CUDNN, "libnvrtc-builtins.so.11.8"}
    assert (cache / "cuda-kernels").is_dir()


LOAD = """
import ctypes
if sys.argv[2:]:
    cuda.preload(cuda_folder.Libraries("ours", {"libcusolver.so.11": sys.argv[2]}))
print(ctypes.CDLL(sys.argv[1]).told())
"""


@needs_compiler
def test_preloading_keeps_out_what_an_rpath_finds_first(tmp_path):
    name = "libcusolver.so.11"
    ours, other = (
        build(tmp_path / folder / name, f"int origin(void) {{ return {value}; }}", f"-Wl,-soname,{name}")
        for folder, value in (("ours", 11), ("other", 12))
    )
    # As MindSpore's plugin is linked: DT_RPATH, which goes before LD_LIBRARY_PATH.
    flags = ["-Wl,--disable-new-dtags", f"-Wl,-rpath,{other.parent}", str(other)]
    plugin = build(tmp_path / "plugin.so", "int origin(void); int told(void) { return origin(); }", *flags)
    search = {"LD_LIBRARY_PATH": str(ours.parent)}
    assert python(LOAD, plugin, **search) == 12, "the trap is none: nothing is tested"
    assert python(LOAD, plugin, ours, **search) == 11
