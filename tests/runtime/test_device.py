"""Which device is taken, and what is said where one cannot be."""

from types import SimpleNamespace

import pytest

from ms_gan.cli.train import main as train
from ms_gan.runtime import device as module
from ms_gan.runtime.device import choose
from ms_gan.runtime.finding import Finding
from tests.conftest import TINY_FLAGS
from tests.refusals import failed

GOOD = Finding("GPU", "driver 535.104, 1 card: NVIDIA A100", True)
BROKEN = Finding("GPU", "driver 470.1", False, "it is too old", "install a newer one")
ABSENT = Finding("Ascend", "", False, "there is none", "buy one")
TABLE = "run `python -m ms_gan.cli.doctor` for the full table"


@pytest.fixture
def machine(monkeypatch):
    def machine(ascend=ABSENT, gpu=BROKEN):
        monkeypatch.setattr(module, "EXAMINATIONS", {"Ascend": lambda: ascend, "GPU": lambda: gpu})

    return machine


def test_auto_takes_what_can_be_used(machine):
    machine(gpu=GOOD)
    assert choose("auto") is GOOD
    npu = Finding("Ascend", "1 NPU", True)
    machine(ascend=npu, gpu=GOOD)
    assert choose("auto") is npu


def test_auto_is_silent_where_there_is_nothing_and_speaks_where_something_is_broken(machine):
    machine(gpu=Finding("GPU", "", False, "no driver", "install it"))
    assert (choose("auto").device, choose("auto").notices) == ("CPU", ())
    machine()
    assert choose("auto").device == "CPU"
    assert choose("auto").notices == ("GPU (driver 470.1) is not used: it is too old; install a newer one",)


def test_a_cpu_is_not_examined(monkeypatch):
    monkeypatch.setattr(module, "EXAMINATIONS", {})
    assert choose("CPU").usable


def test_one_line_names_cause_remedy_and_doctor(machine, capsys):
    machine()
    assert train([*TINY_FLAGS, "--device", "GPU"]) == 1
    assert capsys.readouterr().err == f"error: --device GPU: it is too old; install a newer one; {TABLE}\n"


def test_every_device_is_really_examined():
    assert {name: examine().device for name, examine in module.EXAMINATIONS.items()} == {
        "Ascend": "Ascend",
        "GPU": "GPU",
    }


def mindspore(available=True, count=lambda name: 1):
    return SimpleNamespace(hal=SimpleNamespace(is_available=lambda name: available, device_count=count))


def no_device(name):
    raise RuntimeError("\n-----\n- Cuda error:\n-----\nno CUDA-capable device is detected\n\n-----\n- C++ Call Stack")


@pytest.mark.parametrize(
    "ms, told",
    [
        (mindspore(available=False), "MindSpore does not load its plugin ("),
        (mindspore(count=lambda name: 0), "MindSpore sees no device"),
        (mindspore(count=no_device), "MindSpore sees no device (no CUDA-capable device is detected)"),
    ],
)
def test_what_mindspore_itself_refuses(ms, told, device):
    with failed(option="--device") as caught:
        module._confirmed(ms, GOOD, asked_for=True)
    assert str(caught.value).startswith(f"--device GPU (driver 535.104, 1 card: NVIDIA A100): {told}")
    assert str(caught.value).endswith(TABLE)

    instead = module._confirmed(ms, GOOD, asked_for=False)
    assert instead.device == "CPU" and told in instead.notices[0]


def test_what_mindspore_confirms():
    assert module._confirmed(mindspore(), GOOD, asked_for=True) is GOOD
