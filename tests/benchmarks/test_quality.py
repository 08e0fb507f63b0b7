import argparse
import json

import pytest

from benchmarks import quality
from benchmarks.quality import Failed, Outcome, outcome, show, spread, study
from benchmarks.variants import TWIN, VARIANTS
from ms_gan.config.parser import make_parser, parse
from ms_gan.tasks.latent import Config

MEASURES = {
    "frechet": 2.0,
    "precision": 0.5,
    "recall": 0.25,
    "coverage": 0.75,
    "smallest_class": 0.08,
    "largest_class": 0.12,
    "confident": 0.9,
}


def write(folder, **files):
    folder.mkdir()
    (folder / "evaluation.json").write_text(json.dumps({"generated": MEASURES, "floor": MEASURES}))
    for name, records in files.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))


def options(folder):
    return argparse.Namespace(folder=folder, epochs=None, threads=1, torch_python="python")


@pytest.mark.parametrize("name", sorted(VARIANTS))
def test_variants_are_options_of_a_training(name):
    config, given = parse(make_parser(Config, "train.py", "", yaml_files=True), Config, VARIANTS[name])
    assert config.train.epochs <= 20 and given


def test_an_outcome_is_the_last_raw_generator_and_the_kept_one(tmp_path):
    write(
        tmp_path / "run",
        metrics=[
            {"generator": "raw", "frechet": 9.0},
            {"generator": "averaged", "frechet": 4.0},
            {"generator": "raw", "frechet": 3.0},
            {"generator": "averaged", "frechet": 2.5},
        ],
        log=[{"time": 30.0}, {"time": 90.0}, {"time": 150.0}],
    )
    assert outcome(tmp_path / "run") == Outcome(3.0, 2.0, MEASURES, MEASURES, 2.0)
    assert outcome(tmp_path) is None


def test_a_finished_run_is_not_made_again_and_an_unfinished_one_is_in_the_way(tmp_path, monkeypatch):
    monkeypatch.setattr(quality, "run", lambda *_: pytest.fail("a command was run"))
    write(tmp_path / f"{TWIN}-0")
    (tmp_path / f"{TWIN}-0" / "minutes.json").write_text("4.5")
    assert study(TWIN, 0, options(tmp_path)) == Outcome(2.0, 2.0, MEASURES, MEASURES, 4.5)
    (tmp_path / f"{TWIN}-1").mkdir()
    with pytest.raises(Failed, match="twin-1: is not finished"):
        study(TWIN, 1, options(tmp_path))


def test_the_table_has_means_and_spreads(capsys):
    show({"twin": [Outcome(1.0, 1.0, MEASURES, MEASURES, 2.0), Outcome(3.0, 2.0, MEASURES, MEASURES, 2.0)]})
    head, _, twin, real = capsys.readouterr().out.splitlines()
    assert "FD, raw" in head and "2.00 ± 1.41" in twin and "1.50 ± 0.71" in twin and "8.0% - 12.0%" in twin
    assert real.startswith("| real images") and "2.00" in real
    assert spread([1.0], ".1f") == "1.0"
