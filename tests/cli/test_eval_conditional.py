"""eval.py of images that are asked to be of a class."""

import json
import shutil

import pytest

from ms_gan.cli.eval import main
from ms_gan.generators.sampling import open_generator
from ms_gan.metrics import cas
from tests.metrics.stand_ins import Network

DIGITS = tuple("0123456789")
FEATURES = Network((1, 28, 28), DIGITS, "digits-1a2b3c4d").features
FLAGS = ["--device", "CPU", "--num", "60"]


@pytest.fixture
def run_folder(conditional, tmp_path, monkeypatch):
    """A run with labels, and features that call what they see by the names of its classes."""
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("ms_gan.data.held_out.DRAWN", 30)
    monkeypatch.setattr("ms_gan.metrics.features.open_features", lambda *_: FEATURES)
    return shutil.copytree(conditional, tmp_path / "run")


def values(folder):
    return json.loads((folder / "evaluation.json").read_text())


def test_the_classes_that_were_asked_for_are_measured(run_folder, capsys):
    assert main(["--ckpt", str(run_folder), *FLAGS]) == 0
    found = values(run_folder)
    sampler = open_generator(run_folder)
    seen = FEATURES(sampler.samples(0, 60))[1].argmax(axis=1)
    assert found["generated"]["accuracy"] == pytest.approx((seen == sampler.labels(0, 0, 60)).mean())
    assert found["asked"] == list(DIGITS) and "cas" not in found["generated"]
    assert found["floor"]["accuracy"] < 0.9  # the stand-in knows no digits
    printed = capsys.readouterr().out
    assert "class accuracy, %" in printed and "leave out 0, 1, 2, 3, 4 and 5 more" in printed


def test_the_score_is_measured_where_it_is_asked_for(run_folder, monkeypatch, capsys):
    scores = [0.75, 0.5, 0.25, 0.125]
    monkeypatch.setattr(cas, "accuracy_of_fit", lambda *_: scores.pop(0))
    assert main(["--compare", str(run_folder), *FLAGS]) == 0 and len(scores) == 4
    assert main(["--compare", str(run_folder), *FLAGS, "--cas", "true"]) == 0
    found = values(run_folder)
    assert (found["generated"]["cas"], found["floor"]["cas"]) == (0.75, 0.5)
    assert main(["--compare", str(run_folder), *FLAGS, "--cas", "true"]) == 0 and len(scores) == 2
    assert "classification accuracy score, %" in capsys.readouterr().out


def test_a_generator_of_latents_alone_has_no_score(trained, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("ms_gan.metrics.features.open_features", lambda *_: pytest.fail("opened"))
    assert main(["--ckpt", str(trained), *FLAGS, "--cas", "true", "--output", str(tmp_path / "out")]) == 2
    assert "--cas: needs images of classes that were asked for" in capsys.readouterr().err
