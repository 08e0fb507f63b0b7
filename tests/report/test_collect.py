import json

import pytest

from ms_gan.report.collect import MOST_NOTICES, read_run
from tests.refusals import refused
from tests.report.drawn_run import draw_run, quality_record, start_record, train_record, write_records


def test_a_finished_run(tmp_path):
    run = read_run(draw_run(tmp_path / "run"))
    assert (run.state, run.step, run.epoch, run.total_steps, run.per_epoch) == ("finished", 400, 4.0, 400, 100)
    assert run.seconds == 4.0 and run.speed == 4000 and run.recipe == "gan_mnist" and run.name == "run"
    assert (run.best.epoch, run.best.kind, run.best.value) == (4, "averaged", 1.75)
    assert run.start["python"] == "3.11.2" and run.evaluation is None and run.trouble is None


def test_time_counts_while_it_trains_and_tells_when_it_ends(tmp_path):
    folder = draw_run(tmp_path / "run", epochs=8, end="")
    log = [start_record(), train_record(100), start_record(100, 5000.0), train_record(200, time=5010.0)]
    write_records(folder / "log.jsonl", log)
    run = read_run(folder)
    assert run.state == "running" and run.seconds == 11 and run.seconds_left == pytest.approx(60)


def test_distances_compare_only_where_they_were_measured_alike(tmp_path):
    folder = draw_run(tmp_path / "run")
    write_records(
        folder / "metrics.jsonl",
        [
            quality_record(1, "averaged", 0.1, generated=100),
            quality_record(2, "averaged", 3.0),
            quality_record(2, "raw", 1.0),
            quality_record(3, "averaged", 4.0),
            {**quality_record(3, "averaged", 0.2), "frechet": "low"},
            {**quality_record(3, "averaged", 0.2), "protocol": None},
        ],
    )
    run = read_run(folder)
    assert [one.value for one in run.comparable] == [3.0, 1.0, 4.0] and run.best.value == 3.0


def test_warnings_are_kept_but_not_without_end(tmp_path):
    told = [{"event": "warning", "time": 0.0, "step": i, "text": f"sign {i}"} for i in range(MOST_NOTICES + 7)]
    run = read_run(draw_run(tmp_path / "run", end="error", records=[*told, {"event": "warning", "step": 1}]))
    assert run.notices_before == 7 and len(run.notices) == MOST_NOTICES and run.notices[-1].text == "sign 56"
    assert run.state == "failed"


def test_damage_is_left_out(tmp_path):
    folder = draw_run(tmp_path / "run", end="stop")
    with open(folder / "log.jsonl", "a") as file:
        file.write('{"event": "train", "step": 500, "epoch": "five", "time": "late"}\n')
        file.write('{"event": "train", "step": Infinity, "epoch": NaN}\n')
        file.write('{"event": "warning", "step": NaN, "text": "a"}\n{"event": "tr')
    (folder / "config.yaml").write_text("recipe: [")
    (folder / "evaluation.json").write_text(json.dumps(["ms_gan evaluation 1"]))
    run = read_run(folder)
    assert run.step == 400 and run.notices[0].step == 0 and run.total_steps is None and run.config is None
    assert "config.yaml: not YAML" in run.trouble and run.evaluation is None
    (folder / "config.yaml").unlink()
    with refused(code="missing"):
        read_run(folder)
