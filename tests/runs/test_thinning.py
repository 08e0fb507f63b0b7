"""What a long run keeps, with files that are drawn or empty; nothing is trained."""

import json

import pytest

from ms_gan.runs import events, thinning
from ms_gan.runs.events import EventLog, read_events
from ms_gan.runs.run_folder import RunFolder
from ms_gan.runs.thinning import END_GRIDS, MOST_GRIDS, keeps_grid, thin_grids, thin_records


def kept(newest):
    return {number for number in range(1, newest + 1) if keeps_grid(number, newest)}


def test_short_runs_keep_all():
    assert kept(MOST_GRIDS) == set(range(1, MOST_GRIDS + 1))


@pytest.mark.parametrize("newest", [201, 400, 401, 10_000, 123_457])
def test_long_runs_keep_both_ends_and_evenly_spaced_ones_between(newest):
    found = sorted(kept(newest))
    assert len(found) <= MOST_GRIDS + 2 * END_GRIDS
    assert found[:END_GRIDS] == list(range(1, END_GRIDS + 1))
    assert found[-END_GRIDS:] == list(range(newest - END_GRIDS + 1, newest + 1))
    spacings = {later - earlier for earlier, later in zip(found[END_GRIDS:-END_GRIDS], found[END_GRIDS + 1 :])}
    assert max(spacings) <= newest / MOST_GRIDS * 2 + 1


def test_what_goes_never_comes_back():
    before = set()
    for newest in range(1, 3000):
        now = kept(newest)
        assert now <= before | {newest}
        before = now


def grids(folder):
    return {int(path.stem[6:]) for path in folder.all_samples(10)}


def sample(folder, epochs, every=1):
    """Empty grids of some epochs of ten steps, thinned after each one."""
    for epoch in epochs:
        folder.sample(10 * epoch, 10).touch()
        paths = folder.all_samples(10)
        thin_grids(paths, [folder.sampled_step(path, 10) for path in paths], 10 * epoch, 10 * every)


def test_a_resumed_run_keeps_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(thinning, "MOST_GRIDS", 20)
    monkeypatch.setattr(thinning, "END_GRIDS", 3)
    folder = RunFolder(tmp_path)
    folder.samples.mkdir()
    (folder.samples / "real.png").touch()
    (folder.samples / "epoch-00001 (copy).png").touch()
    sample(folder, range(1, 47))
    # From the checkpoint after epoch 40: later grids go, because the run may end before it makes them again.
    sample(folder, [40])
    assert max(grids(folder)) == 40
    sample(folder, range(41, 120))
    assert grids(folder) == kept(119)
    sample(folder, range(120, 200, 5), every=5)  # train.sample_every may change
    assert {1, 40, 80, 120, 190, 195} <= grids(folder) and not {48, 88, 119, 125} & grids(folder)
    assert len(list(folder.samples.iterdir())) == len(grids(folder)) + 2


def test_grids_come_in_order_beyond_five_digits(tmp_path):
    folder = RunFolder(tmp_path)
    folder.samples.mkdir()
    for epoch in (99_999, 100_000):
        folder.sample(epoch, 1).touch()
    assert [folder.sampled_step(path, 7) for path in folder.all_samples(10)] == [699_993, 700_000]
    folder.sample(15, 10).touch()
    assert folder.sampled_step(folder.all_samples(10)[0], 10) == 15


def test_grids_named_by_step_and_by_epoch_come_in_the_order_of_their_steps(tmp_path):
    folder = RunFolder(tmp_path)
    folder.samples.mkdir()
    for step in (936, 500, 468, 2000, 100):
        folder.sample(step, 468).touch()
    assert [folder.sampled_step(path, 468) for path in folder.all_samples(468)] == [100, 468, 500, 936, 2000]


def test_a_run_that_begins_anew_keeps_no_event_files(tmp_path):
    folder = RunFolder(tmp_path)
    for place in (folder.samples, folder.tensorboard):
        place.mkdir()
        (place / "old").touch()
    folder.clear()
    assert not list(tmp_path.iterdir())


def test_old_training_records_are_thinned_and_no_others(monkeypatch):
    monkeypatch.setattr(thinning, "NEWEST_RECORDS", 4)
    records = [{"event": "train" if step % 5 else "skipped", "step": step} for step in range(20)]
    assert [record["step"] for record in thin_records(records)] == [0, 1, 3, 5, 6, 8, 10, 11, 13, 15, 16, 17, 18, 19]


def test_a_log_stays_bounded(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(thinning, "NEWEST_RECORDS", 50)
    monkeypatch.setattr(events, "LOG_BYTES", 20_000)
    log, written = EventLog(tmp_path / "log.jsonl"), []
    replace = log._replace
    log._replace = lambda records: (written.append(len(records)), replace(records))
    log.write("start", step=0)
    for step in range(1, 3001):
        log.write("train", step=step, loss_d=0.5)
        assert (tmp_path / "log.jsonl").stat().st_size <= 20_000 + 100
    steps = [record["step"] for record in read_events(tmp_path / "log.jsonl")]
    assert steps[:2] == [0, 1] and steps[-50:] == list(range(2951, 3001)) and len(steps) < 400
    assert len(written) < 40  # the file is written anew so rarely
    assert capsys.readouterr().out == ""
    # What cannot be thinned is not tried again and again.
    for step in range(400):
        EventLog.write(log, "quality", step=step, protocol="p" * 100)
    assert len(written) < 50 and json.loads((tmp_path / "log.jsonl").read_text().splitlines()[-1])["step"] == 399
