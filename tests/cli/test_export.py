import numpy as np
import pytest
from PIL import Image

from ms_gan.cli import infer
from ms_gan.cli.export import main
from ms_gan.generators.sampling import open_generator
from tests.generators.toy_translators import toy_run


@pytest.mark.parametrize("kind", ["mindir", "onnx"])
def test_a_run_becomes_a_file_that_samples_alike(trained, tmp_path, capsys, kind):
    if kind == "onnx":
        pytest.importorskip("onnx")
    path = tmp_path / f"generator.{kind}"
    assert main(["--ckpt", str(trained), "--format", kind.upper(), "--output", str(path)]) == 0
    assert "read back, its images differ by" in capsys.readouterr().out
    for source, name in ((trained, "run.npy"), (path, "exported.npy")):
        assert infer.main(["--ckpt", str(source), "--num", "9", "--output", str(tmp_path / name)]) == 0
    images, exported = (np.load(tmp_path / name).astype(int) for name in ("run.npy", "exported.npy"))
    # Another program than MindSpore may round a value between two levels to either.
    assert np.abs(images - exported).max() <= (kind == "onnx")


def test_both_files_of_one_name_keep_their_cards(trained, tmp_path):
    pytest.importorskip("onnx")
    kinds = ("MINDIR", "ONNX")
    for kind in kinds:
        output = str(tmp_path / f"generator.{kind.lower()}")
        assert main(["--device", "CPU", "--ckpt", str(trained), "--format", kind, "--output", output]) == 0
    made = [open_generator(tmp_path / f"generator.{kind.lower()}").samples(0, 3) for kind in kinds]
    assert np.abs(made[0].astype(int) - made[1]).max() <= 1


def test_a_run_becomes_a_page(trained, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["--ckpt", str(trained), "--format", "HTML"]) == 0
    assert capsys.readouterr().out.startswith("generator.html written, ")
    assert [file.name for file in tmp_path.iterdir()] == ["generator.html"]


@pytest.mark.parametrize(
    "argv, message",
    [
        ([], "--ckpt is missing"),
        (["--ckpt", "absent"], "no such file or folder"),
        (["--ckpt", "{run}", "--output", "g.onnx"], "must end in .mindir"),
        (["--ckpt", "{run}", "--format", "ONNX", "--output", "g.mindir"], "must end in .onnx"),
        (["--ckpt", "{run}", "--format", "HTML", "--batch-size", "4"], "makes one image at a time"),
        (["--ckpt", "{run}", "--format", "PT"], "format: 'PT' is not allowed; allowed: MINDIR, ONNX, HTML"),
        (["--ckpt", "{run}", "--batch-size", "0"], "batch_size: 0 is out of range; allowed: 1 to 65536"),
    ],
)
def test_usage_errors(trained, capsys, tmp_path, monkeypatch, argv, message):
    monkeypatch.chdir(tmp_path)
    assert main([part.format(run=trained) for part in argv]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["mindir", "onnx"])
def test_what_is_exported_already_is_refused(tmp_path, capsys, kind):
    path = tmp_path / f"g.{kind}"
    path.touch()
    assert main(["--ckpt", str(path)]) == 2
    assert "already an exported file" in capsys.readouterr().err


def test_a_missing_package_is_found_before_mindspore_is_imported(trained, capsys, monkeypatch):
    monkeypatch.setattr("ms_gan.extras.find_spec", lambda package: None)
    monkeypatch.setattr("ms_gan.runtime.start", None)
    assert main(["--ckpt", str(trained), "--format", "ONNX"]) == 2
    assert 'needs onnx and onnxruntime; install with: pip install "ms_gan[export]"' in capsys.readouterr().err


def test_a_generator_of_pictures_becomes_a_file_of_one_size(device, tmp_path, capsys):
    run, pictures = toy_run(tmp_path / "run", ("generator_ab", "generator_ba")), tmp_path / "in.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (24, 20, 3), np.uint8)).save(pictures)
    made = {}
    for source, more in (("g.mindir", []), ("g.onnx", ["--size", "24x20"])):
        if source == "g.onnx":
            pytest.importorskip("onnx")
        kind, file = source[2:].upper(), str(tmp_path / source)
        assert main(["--ckpt", str(run), "--direction", "ba", "--format", kind, *more, "--output", file]) == 0
        assert "read back, its images differ by" in capsys.readouterr().out
        card = open_generator(tmp_path / source).card
        assert card.port("image").shape == [3, *((24, 20) if more else (16, 16))]
        made[source] = tmp_path / f"{source}.npy"
        assert infer.main(["--ckpt", file, "--input", str(pictures), "--output", str(made[source])]) == 0
    argv = ["--ckpt", str(run), "--direction", "ba", "--input", str(pictures), "--output", str(tmp_path / "run.npy")]
    assert infer.main(argv) == 0
    expected = np.load(tmp_path / "run.npy").astype(int)
    assert np.abs(np.load(made["g.onnx"]) - expected).max() <= 1
    # The other file has pictures of 16x16 alone, so that it makes this one of tiles, which fade into each other.
    assert np.median(np.abs(np.load(made["g.mindir"]) - expected)) <= 1


@pytest.mark.parametrize(
    "argv, message",
    [
        (["--size", "25x24"], "--size 25x24: is not allowed; allowed: multiples of 2, at most 1024"),
        (["--size", "2048x16"], "at most 1024"),
        (["--size", "big"], "--size big: is no size; allowed: height and width, such as 256x256"),
        (["--direction", "ba"], "holds no generator_ba.ckpt"),
    ],
)
def test_sizes_that_a_file_cannot_have(device, tmp_path, monkeypatch, capsys, argv, message):
    monkeypatch.chdir(tmp_path)
    toy_run(tmp_path / "run")
    assert main(["--ckpt", "run", *argv]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
