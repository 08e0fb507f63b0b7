"""Every option of every command that names a path, with one that cannot be looked at."""

import importlib

import pytest

from tests.conftest import TINY_FLAGS

LONG = "a" * 300
TRAIN = [*TINY_FLAGS, "--steps", "1"]
CALLS = [
    ("cli.train", [*TRAIN, "--output", LONG]),
    ("cli.train", [*TRAIN, "--output", LONG, "--dry-run"]),
    ("cli.train", ["--resume", LONG]),
    ("cli.train", ["--config", LONG]),
    ("cli.train", [*TRAIN, "--metrics.every", "1", "--metrics.features", f"{LONG}.onnx"]),
    ("cli.train", ["--device", "CPU", "--data-dir", LONG]),
    ("cli.train", ["--device", "CPU", "--config", "dcgan_64", "--data-dir", LONG]),
    ("cli.infer", ["--ckpt", LONG]),
    ("cli.infer", ["--ckpt", "{run}", "--output", LONG]),
    ("cli.infer", ["--ckpt", "{run}", "--latents", LONG]),
    ("cli.infer", ["--ckpt", "{run}", "--project", LONG, "--output", "a.png"]),
    ("cli.eval", ["--ckpt", LONG]),
    ("cli.eval", ["--ckpt", "{run}", "--output", LONG]),
    ("cli.eval", ["--ckpt", "{run}", "--features", f"{LONG}.onnx"]),
    ("cli.eval", ["--compare", LONG, LONG]),
    ("cli.export", ["--ckpt", LONG]),
    ("cli.export", ["--ckpt", "{run}", "--output", f"{LONG}.mindir"]),
    ("cli.explore", ["--ckpt", LONG]),
    ("cli.report", [LONG]),
    ("cli.report", ["{run}", "--output", f"{LONG}.html"]),
    ("data.inspect", [LONG]),
    ("data.inspect", ["{pictures}", "--sheet", f"{LONG}.png"]),
]


@pytest.mark.parametrize("module, argv", CALLS, ids=[" ".join([m, *a]).replace(LONG, "LONG") for m, a in CALLS])
def test_a_path_that_the_system_refuses_is_one_sentence(device, trained, tmp_path, monkeypatch, capsys, module, argv):
    from PIL import Image

    monkeypatch.chdir(tmp_path)
    (tmp_path / "pictures").mkdir()
    Image.new("RGB", (9, 9)).save(tmp_path / "pictures" / "a.png")
    argv = [part.format(run=trained, pictures=tmp_path / "pictures") for part in argv]
    assert importlib.import_module(f"ms_gan.{module}").main(argv) in (1, 2)
    error = capsys.readouterr().err
    told = [line for line in error.splitlines() if line.startswith("error: ")]
    assert len(told) == 1 and "too long" in told[0] and "Traceback" not in error
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pictures"]
