"""The command robustness from its options to its files, and what it refuses."""

import json

import pytest

from ms_gan.cli.robustness import main


@pytest.mark.parametrize(
    "options, words",
    [
        ([], "--output is missing"),
        (["--output", "x", "--attacks", "[advgan]"], "the attack advgan needs a run"),
        (["--output", "x", "--generator", "nowhere"], "--generator nowhere: no such file or folder"),
        (["--output", "x", "--attacks", "[]"], "--attacks: [] is not allowed"),
    ],
)
def test_what_cannot_work_is_refused(options, words, capsys):
    assert main(options) == 2
    assert words in capsys.readouterr().err


def test_it_measures_and_writes_what_it_found(random_classifiers, trained, tmp_path, monkeypatch):
    monkeypatch.setattr("ms_gan.data.held_out.DRAWN", 20)
    flags = [
        "--device", "CPU", "--data.source", "synthetic", "--data.limit", "40", "--num", "6", "--attacks", "[fgsm]",
        "--generator", str(trained), "--wash.steps", "2", "--wash.starts", "2", "--adaptive.num", "2",
        "--adaptive.steps", "1", "--output", str(tmp_path / "found"),
    ]  # fmt: skip
    assert main(flags) == 0
    found = json.loads((tmp_path / "found" / "robustness.json").read_text())
    assert found["protocol"]["pictures"] == 6 and found["protocol"]["defences"][0]["steps"] == 2
    assert found["protocol"]["attacks"][0]["eps"] == 0.3 and found["attacks"][0]["largest_linf"] <= 0.3
    assert set(found["clean"]["defended"]) == {"Defense-GAN"} and found["adaptive"][0]["pictures"] == 2
    names = {path.name for path in (tmp_path / "found").iterdir()}
    assert names == {"robustness.json", "robustness.html", "fgsm.png", "bpda_through_defense-gan.png"}
