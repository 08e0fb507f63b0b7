from pathlib import Path

import pytest

from benchmarks.launch import LaunchError, launch, phases_to_first_step, train_options
from benchmarks.step import BATCHES
from benchmarks.worker import peak_mb
from ms_gan import tasks
from ms_gan.config.parser import make_parser, parse


@pytest.mark.parametrize("recipe", BATCHES)
def test_short_runs_of_all_recipes_need_no_files(recipe):
    options = train_options(recipe, "synthetic", Path("run"))
    options_of = tasks.find(tasks.named(options)).config
    config, _ = parse(make_parser(options_of, "", "", yaml_files=True), options_of, options)
    assert config.recipe == recipe and config.data.source == "synthetic" and config.data.classes is None


def test_memory_is_that_of_the_command():
    more = peak_mb() + 200  # a process counts at least what its parent held
    assert launch(["-c", f"b'x' * {int(more * 1e6)}"]).peak_mb == pytest.approx(more + 10, abs=30)


def test_a_command_that_fails_is_quoted():
    with pytest.raises(LaunchError, match="no such thing"):
        launch(["-c", "raise SystemExit('no such thing')"])


def test_phases_of_a_start():
    phases = phases_to_first_step("synthetic")
    assert len(phases) == 6 and all(seconds > 0 for seconds in phases.values())
