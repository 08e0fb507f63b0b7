"""Runs without pairs, of which each compiles for a minute: python -m pytest tests/soak/test_unpaired_runs.py"""

import numpy as np
import pytest

from ms_gan.cli.train import main
from ms_gan.runs.events import read_events
from ms_gan.tasks.unpaired import TASK
from tests.systems.test_translation import STEPS, options_of, pictures, two_workers, values  # noqa: F401

pytestmark = pytest.mark.usefixtures("device")


def test_two_workers_equal_one(pictures, tmp_path):  # noqa: F811
    """Their losses do; weights that move by the sign of a difference follow rounding, and differ by more."""
    options, one, two = options_of("unpaired", pictures), tmp_path / "one", tmp_path / "two"
    assert main([*options, "--steps", str(STEPS), "--metrics.every", "0", "--output", str(one)]) == 0
    two_workers(options, two)
    logs = [
        [record for record in read_events(folder / "log.jsonl") if record["event"] == "train"] for folder in (one, two)
    ]
    assert len(logs[0]) == len(logs[1]) > 0
    for expected, found in zip(*logs):
        for key in TASK.keys:
            assert found[key] == pytest.approx(expected[key], abs=1e-5), key
    expected, found = values(one), values(two)
    assert np.allclose(found["pool_a.images"], expected["pool_a.images"], atol=1e-3)


def test_a_plan_names_both_generators(pictures, capsys):  # noqa: F811
    assert main([*options_of("unpaired", pictures), "--steps", "2", "--dry-run"]) == 0
    assert "generator_ba_last.ckpt" in capsys.readouterr().out
