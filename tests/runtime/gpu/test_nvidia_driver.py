"""What is told of NVIDIA's driver, by a stand-in for its library."""

import pytest

from ms_gan.runtime.gpu.nvidia_driver import Driver, GraphicsCard, look_for_driver, obstacle
from tests.runtime.cuda_stubs import DRIVER, build, needs_compiler

MODULE = """\
NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023
GCC version:  gcc version 12.2.0 (Debian 12.2.0-14)
"""
OPEN_MODULE = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  560.35.03  Release Build  (root@host)\n"


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    # Without a soname: whatever asks this process for libcuda.so.1 later must not be given this one.
    return build(tmp_path_factory.mktemp("driver") / "driver.so", DRIVER)


@pytest.fixture
def look(library, tmp_path, monkeypatch):
    def look(module=MODULE, **answers):
        for name, value in answers.items():
            monkeypatch.setenv(f"STUB_{name}", str(value))
        (tmp_path / "version").write_text(module)
        return look_for_driver(str(library), tmp_path / "version")

    return look


def why_and_remedy(driver, visible=None):
    return " -> ".join(obstacle(driver, visible))


def test_no_driver(tmp_path):
    driver = look_for_driver("libnonesuch.so.1", tmp_path / "absent")
    assert driver == Driver() and driver.absent
    assert "no NVIDIA driver here" in why_and_remedy(driver) and "install its driver, 510" in why_and_remedy(driver)


@pytest.mark.parametrize("text, version", [(MODULE, "535.104.05"), (OPEN_MODULE, "560.35.03")])
def test_a_kernel_module_without_its_library(tmp_path, text, version):
    (tmp_path / "version").write_text(text)
    driver = look_for_driver("libnonesuch.so.1", tmp_path / "version")
    assert not driver.absent and driver.description == f"driver {version}"
    assert f"the kernel has NVIDIA's driver {version}, but" in why_and_remedy(driver)
    assert "--gpus all" in why_and_remedy(driver)


@needs_compiler
def test_two_cards(look):
    driver = look(CARDS=2)
    assert driver == Driver(
        "535.104.05", True, (12, 2), 0, (GraphicsCard("Stand-in A", (8, 0)), GraphicsCard("Stand-in B", (8, 0)))
    )
    assert driver.description == "driver 535.104.05, 2 cards: Stand-in A, Stand-in B"
    assert obstacle(driver) is None and not driver.absent


@needs_compiler
def test_cards_of_one_name_are_named_once(look):
    card = look().cards[0]
    assert Driver("535.1", True, (12, 2), 0, (card, card)).description == "driver 535.1, 2 cards: Stand-in A"


@needs_compiler
def test_wsl_has_no_kernel_module_to_ask(look):
    assert look(module="").description == "a driver, 1 card: Stand-in A"


@needs_compiler
@pytest.mark.parametrize(
    "answers, told",
    [
        ({"CUDA": 11040}, "driver 535.104.05 is too old: it runs CUDA 11.4, and MindSpore needs 11.6 -> install"),
        ({"INIT": 34}, "is a CUDA toolkit's stand-in"),
        ({"INIT": 803}, "its library and its kernel module are of different versions -> reboot"),
        ({"INIT": 999}, "cuInit returns 999"),
        ({"INIT": 100}, "sees no card -> nvidia-smi should show one"),
        ({"CARDS": 0}, "sees no card"),
        ({"CAPABILITY": 52}, "Stand-in A is too old: its compute capability is 5.2, and MindSpore's kernels begin at"),
    ],
)  # fmt: skip
def test_every_obstacle_has_its_sentence(look, answers, told):
    assert told in why_and_remedy(look(**answers))


@needs_compiler
def test_the_environment_hides_the_cards(look):
    told = why_and_remedy(look(INIT=100), visible="-1")
    assert told.startswith("CUDA_VISIBLE_DEVICES=-1 hides every card") and "unset it" in told


@needs_compiler
@pytest.mark.parametrize(
    "answers, absent", [({"INIT": 100}, True), ({"CARDS": 0}, True), ({"INIT": 803}, False), ({}, False)]
)
def test_a_driver_without_cards_is_as_good_as_none(look, answers, absent):
    assert look(**answers).absent is absent


@needs_compiler
def test_a_library_that_is_not_the_drivers(tmp_path):
    other = build(tmp_path / "other.so", "")
    assert look_for_driver(str(other), tmp_path / "absent") == Driver()
