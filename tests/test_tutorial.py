"""Every command of docs/tutorial.md, in order and in one process, on drawn digits and with tiny networks."""

import importlib
import re
import shlex
from pathlib import Path

import pytest
from PIL import Image

from tests.conftest import TINY_FLAGS
from tests.metrics.stand_ins import Network

ROOT = Path(__file__).parents[1]
SET_UP = ("bash scripts/setup_env.sh", "source .venv/bin/activate")  # tests/scripts looks after these
FEW = {"infer": "2", "eval": "20"}
DOORS = ("train", "infer", "eval", "export")
CONVOLUTIONAL = [
    "--device", "CPU", "--generator.channels", "2", "--discriminator.channels", "1", "--data.image_size", "16",
    "--batch-size", "4", "--epochs", "1",
]  # fmt: skip


def commands():
    """The lines of the page's fenced blocks."""
    page = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines()]


def shrunk(name, argv):
    """Arguments that make a command quick; a resumed run is small already."""
    if name == "train" and "--resume" not in argv:
        return [*argv, *CONVOLUTIONAL] if "--data-dir" in argv else [*argv, *TINY_FLAGS]
    return [*argv, "--num", FEW[name]] if name in FEW else argv


@pytest.fixture
def newcomer(device, tmp_path, monkeypatch):
    """An empty folder and an empty cache, with a few pictures, and features that need no training."""
    network = Network((1, 28, 28), tuple("0123456789"), "digits-1a2b3c4d")
    monkeypatch.setattr("ms_gan.metrics.features.open_features", lambda *_: network.features)
    monkeypatch.setattr("ms_gan.data.held_out.DRAWN", 30)
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pictures").mkdir()
    for i in range(8):
        Image.new("RGB", (40, 30 + i), (30 * i, 99, 0)).save(tmp_path / "pictures" / f"{i}.jpg")
    return tmp_path


def test_the_commands_work_in_their_order(newcomer):
    lines = commands()
    assert tuple(lines[:2]) == SET_UP and all((ROOT / word).exists() for word in SET_UP[0].split()[1:])
    for line in lines[2:]:
        program, first, *argv = shlex.split(line.replace("~", str(newcomer)))
        assert program == "python"
        if first == "-m":
            module, *argv = argv
        else:
            module = f"ms_gan.cli.{first[:-3]}"
            assert first[:-3] in DOORS and (ROOT / first).is_file()
        name = module.rsplit(".", 1)[1]
        assert importlib.import_module(module).main(shrunk(name, argv)) == 0, line
    made = {path.name for path in newcomer.iterdir()}
    assert {"digits.png", "walks.gif", "digits.npy", "generator.mindir", "generator.onnx", "digits.html"} <= made
    run = {path.name for path in (newcomer / "runs" / "first").iterdir()}
    named = re.findall(r"^\| `(.*?)`(?:, `(.*?)`)? \|", (ROOT / "docs" / "tutorial.md").read_text(), re.MULTILINE)
    assert named and {name.strip("/") for pair in named for name in pair if name} <= run
