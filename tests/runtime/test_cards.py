import os

import pytest

from ms_gan.cli.launch import main as launch
from ms_gan.cli.train import main as train
from ms_gan.runtime import device as module
from ms_gan.runtime.ascend.examine import device_id
from ms_gan.runtime.cards import take_card
from ms_gan.runtime.device import choose
from ms_gan.runtime.finding import Finding
from tests.refusals import failed


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    """A machine with cards of both kinds; the environment says nothing yet, and is as before afterwards."""
    for name in ("CUDA_VISIBLE_DEVICES", "DEVICE_ID"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    found = {name: Finding(name, "cards", True) for name in ("Ascend", "GPU")}
    monkeypatch.setattr(module, "EXAMINATIONS", {name: lambda name=name: found[name] for name in found})
    take_card.cache_clear()
    yield found
    take_card.cache_clear()


@pytest.mark.parametrize(
    "before, number, after", [(None, 1, "1"), ("2,3", 1, "3"), ("GPU-a, GPU-b", 0, "GPU-a"), ("5", 0, "5")]
)
def test_a_number_counts_the_cards_that_this_process_may_use(monkeypatch, before, number, after):
    if before is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", before)
    for _ in range(2):  # a run chooses before it reads data, and again when it starts
        assert choose(f"GPU:{number}").device == "GPU"
        assert os.environ["CUDA_VISIBLE_DEVICES"] == after


def test_a_card_that_the_environment_hides(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2,3")
    with failed(option="--device") as caught:
        choose("GPU:2")
    told = "--device GPU:2: CUDA_VISIBLE_DEVICES=2,3 leaves GPU:0, GPU:1; unset it, or choose one of those"
    assert str(caught.value) == told
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "2,3"


def test_a_card_that_is_not_there(machine):
    machine["GPU"] = Finding("GPU", "a driver", False, "no card", "buy one")
    with failed(option="--device", says=r"^--device GPU:7 \(sets CUDA_VISIBLE_DEVICES=7\): no card; buy one; run"):
        choose("GPU:7")


def test_an_npu_goes_by_device_id():
    assert choose("Ascend:3").device == "Ascend"
    assert (os.environ["DEVICE_ID"], device_id()) == ("3", 3)


def test_without_a_number_nothing_is_set():
    assert choose("GPU").device == "GPU" and choose("Ascend").device == "Ascend"
    assert "CUDA_VISIBLE_DEVICES" not in os.environ and "DEVICE_ID" not in os.environ


def test_several_workers_take_a_card_each(monkeypatch, capsys):
    assert launch(["--device", "cuda:1"]) == 2
    monkeypatch.setenv("MS_ROLE", "MS_WORKER")
    monkeypatch.setenv("MS_WORKER_NUM", "2")
    assert train(["--device", "cuda:1"]) == 2
    told = "error: --device GPU:1: several workers use one card each; remove the number: --device GPU\n"
    assert capsys.readouterr().err == 2 * told
