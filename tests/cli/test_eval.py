import json
import shutil

import pytest
from PIL import Image

from ms_gan.cli.eval import main
from ms_gan.cli.eval_zoo import trained_with
from ms_gan.zoo.entries import PLACE, entries
from tests.metrics.stand_ins import Network

FLAGS = ["--device", "CPU", "--num", "60"]


@pytest.fixture
def network(tmp_path, monkeypatch):
    """A cache of the test's own, and features that take no training."""
    found = Network((1, 28, 28), tuple("0123456789"), "digits-1a2b3c4d")
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("ms_gan.data.held_out.DRAWN", 30)
    monkeypatch.setattr("ms_gan.metrics.features.open_features", lambda *_: found.features)
    return found


@pytest.fixture
def run_folder(trained, tmp_path):
    return shutil.copytree(trained, tmp_path / "run")


def test_a_run_is_evaluated_into_its_folder(network, run_folder, capsys):
    of = {"event": "quality", "generator": "raw"}
    records = [{**of, "step": 2 * e, "epoch": e, "frechet": 9.5 - e} for e in (1, 2)]
    (run_folder / "metrics.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    assert main(["--ckpt", str(run_folder), *FLAGS, "--seed", "3"]) == 0
    printed = capsys.readouterr().out
    values = json.loads((run_folder / "evaluation.json").read_text())
    assert values["protocol"]["generated"] == 60 and values["protocol"]["seed"] == 3
    assert values["protocol"]["generator"]["step"] == 4 and values["protocol"]["real"] == 40
    assert values["protocol"]["floor"].startswith("30 of synthetic digits")
    assert f"{values['generated']['frechet']:.3f}" in printed and "averaged weights, epoch 2, step 4" in printed
    assert "evaluation.json, nearest.png, classes.png, quality.png in" in printed
    for name in ("nearest.png", "classes.png", "quality.png"):
        with Image.open(run_folder / name) as picture:
            assert picture.width >= 700


def test_files_need_their_data_and_a_folder(network, run_folder, tmp_path, capsys):
    ckpt, output = str(run_folder / "generator.ckpt"), str(tmp_path / "quality")
    data = ["--data.source", "synthetic", "--data.limit", "40"]
    assert main(["--ckpt", ckpt, *FLAGS, *data, "--output", output, "--split", "test"]) == 0
    values = json.loads((tmp_path / "quality" / "evaluation.json").read_text())
    assert values["protocol"]["split"] == "test" and values["protocol"]["real"] == 30
    assert not (tmp_path / "quality" / "quality.png").exists()
    for argv in (["--output", output], data):
        assert main(["--ckpt", ckpt, *FLAGS, *argv]) == 2
        assert "give --data.source, and a folder for the results with --output" in capsys.readouterr().err


def test_runs_are_compared_and_what_is_there_is_reused(network, run_folder, tmp_path, capsys):
    other = shutil.copytree(run_folder, tmp_path / "other")
    both = ["--compare", str(run_folder), str(other), *FLAGS]
    assert main(both) == 0
    first = capsys.readouterr().out
    # The path may be long enough for a new line.
    assert f"[2] {other}: gan_mnist, averaged" in " ".join(first.split()) and first.count("nearest.png") == 2
    stored = {path: path.read_bytes() for path in (run_folder / "evaluation.json", other / "evaluation.json")}
    assert main(both) == 0
    again = capsys.readouterr().out
    assert "nearest.png" not in again and again in first
    (line,) = [line for line in again.splitlines() if line.startswith("Frechet distance")]
    assert line.count("*") == 2
    assert all(path.read_bytes() == content for path, content in stored.items())
    assert main([*both[:-1], "50"]) == 0
    assert capsys.readouterr().out.count("nearest.png") == 2


def test_entries_of_the_zoo_are_compared_and_nothing_is_written(network, monkeypatch, capsys):
    def drawn(entry):
        config = trained_with(entry)
        config.data.source, config.data.limit = "synthetic", 40
        return config

    of_digits = Network((1, 32, 32), tuple("0123456789"), "digits-1a2b3c4d").features
    monkeypatch.setattr("ms_gan.metrics.features.open_features", lambda *_: of_digits)
    monkeypatch.setattr("ms_gan.cli.eval_zoo.trained_with", drawn)
    before = sorted(PLACE.rglob("*"))
    assert main(["--compare", "zoo:cdcgan_mnist", *FLAGS]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "[1] zoo:cdcgan_mnist: cdcgan_mnist, averaged" in printed
    assert "zoo:cdcgan_mnist has no folder for its evaluation, which is made anew each time, after" in printed
    assert sorted(PLACE.rglob("*")) == before


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.name)
def test_the_command_of_an_entry_tells_its_options(entry):
    config = trained_with(entry)
    assert config.task == entry.task and f"--config {config.recipe}" in entry.command


@pytest.mark.parametrize(
    "argv, message",
    [
        ([], "--ckpt is missing"),
        (["--compare", "{run}", "zoo:digits"], "zoo:digits: is not in the zoo; it holds apegan_mnist, "),
        (["--compare", "{run}", "zoo:pix2pix_emoji"], "give --ckpt RUN --beside zoo:pix2pix_emoji"),
        (
            ["--compare", "zoo:cdcgan_mnist", "--data.limit", "7"],
            "data.limit: 7 contradicts the run in zoo:cdcgan_mnist",
        ),
        (["--ckpt", "absent"], "--ckpt absent: no such file or folder"),
        (["--ckpt", "{empty}"], "not a run folder; it should hold config.yaml and generator.ckpt"),
        (["--ckpt", "{run}", "--num", "9"], "num: 9 is out of range; allowed: 10 to"),
        (["--ckpt", "{run}", "--data.limit", "10"], "data.limit: 10 contradicts the run in"),
        (["--ckpt", "{run}", "--features", "network.pt"], "--features network.pt: give an existing file"),
        (["--ckpt", "{run}", "--pixel_range", "[0]"], "pixel_range: [0.0] is not allowed; allowed: two numbers"),
        (["--ckpt", "{run}", "--output", "{run}/log.jsonl"], "log.jsonl: cannot be written to"),
        (["--ckpt", "{run}", "--compare", "{run}"], "--ckpt: --compare evaluates each run in its own folder"),
        (["--compare", "{run}", "--output", "x"], "--output: --compare evaluates each run in its own folder"),
        (["--compare", "{run}", "{run}/generator.ckpt"], "is a file; give run folders"),
        (["--ckpt", "{run}", "--pictures", "3"], "unknown option --pictures"),
    ],
)
def test_usage_errors_come_before_mindspore(trained, capsys, tmp_path, monkeypatch, argv, message):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ms_gan.runtime.start", lambda *_: pytest.fail("MindSpore was started"))
    (tmp_path / "empty").mkdir()
    assert main([part.format(run=trained, empty=tmp_path / "empty") for part in argv]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]
