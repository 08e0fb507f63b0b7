import json
import signal

import numpy as np
import pytest
from PIL import Image

from ms_gan import data
from ms_gan.generators.weights import load_weights
from ms_gan.runs.events import read_events
from ms_gan.training.trainer import Trainer
from tests.conftest import tiny_config
from tests.refusals import failed, refused


def train(config, device, folder=None):
    images = data.load(config.data, config.seed)
    trainer = Trainer(config, images, device, folder)
    assert trainer.run() is None
    return trainer


def final_values(trainer):
    values, card = load_weights(sorted(trainer.folder.checkpoints.iterdir())[-1])
    assert card.step == trainer.lengths.total
    return {name: value.asnumpy() for name, value in values.items()}


def test_three_epochs_and_three_more_equal_six(device, tmp_path):
    config = tiny_config(epochs=6)
    config.output = str(tmp_path / "unbroken")
    unbroken = train(config, device)
    config = tiny_config(epochs=3)
    config.output = str(tmp_path / "broken")
    first = train(config, device)
    config.train.epochs = 6
    second = train(config, device, first.folder)
    expected, found = final_values(unbroken), final_values(second)
    assert expected.keys() == found.keys()
    for name, value in expected.items():
        assert np.array_equal(value, found[name]), name
    assert unbroken.folder.all_samples(2)[5].read_bytes() == second.folder.all_samples(2)[5].read_bytes()

    def losses(folder):
        return [(r["step"], r["loss_d"], r["loss_g"]) for r in read_events(folder.log) if r["event"] == "train"]

    assert losses(unbroken.folder) == losses(second.folder)


def test_a_signal_saves_within_the_epoch_and_resumes_exactly(device, tmp_path):
    config = tiny_config(epochs=4)
    config.output = str(tmp_path / "unbroken")
    expected = final_values(train(config, device))

    config.output = str(tmp_path / "interrupted")
    trainer = Trainer(config, data.load(config.data, config.seed), device)
    inputs = trainer.inputs

    def interrupted_inputs(step):
        if step == 4:
            trainer.signals.stop = signal.SIGTERM
        return inputs(step)

    trainer.inputs = interrupted_inputs
    assert trainer.run() == signal.SIGTERM
    assert trainer.step == 5  # the step under way was finished; two steps are an epoch
    found = final_values(train(config, device, trainer.folder))
    assert all(np.array_equal(expected[name], found[name]) for name in expected)


def test_the_first_sample_grid_does_not_wait_for_a_long_epoch(device, tmp_path, monkeypatch):
    monkeypatch.setattr("ms_gan.training.trainer.EARLY", 1)
    config = tiny_config(epochs=2)  # of two steps
    config.output = str(tmp_path / "run")
    samples = train(config, device).folder.samples
    assert {path.name for path in samples.iterdir()} == {
        "real.png", "step-000000001.png", "epoch-00001.png", "epoch-00002.png"
    }  # fmt: skip


def test_the_run_folder_is_complete(trained):
    names = {str(path.relative_to(trained)) for path in trained.rglob("*") if path.is_file()}
    assert names == {
        "config.yaml", "log.jsonl", "generator.ckpt", "losses.png", "training.gif", "samples/real.png",
        "samples/epoch-00001.png", "samples/epoch-00002.png", "checkpoints/step-000000004.ckpt", "report.html",
        ".lock",
    }  # fmt: skip
    records = [json.loads(line) for line in (trained / "log.jsonl").read_text().splitlines()]
    assert [record["event"] for record in records] == ["start", "train", "train", "end"]
    assert "synthetic" in records[0]["data"] and records[0]["classes"].startswith("0 ")
    assert {"step", "epoch", "loss_d", "loss_g", "d_real", "d_fake", "images_per_second"} <= records[1].keys()
    with Image.open(trained / "training.gif") as film:
        assert film.n_frames == 2


def test_images_per_second_counts_every_batch_of_a_step(device, tmp_path):
    config = tiny_config()
    config.procedure.d_steps = 3
    config.output = str(tmp_path / "run")
    trainer = Trainer(config, data.load(config.data, config.seed), device)
    with trainer.results.recorder.progress_shown(0):
        trainer.results.record(2, np.full((2, 4), 0.5), seconds=4.0)
    trainer.folder.release()
    assert read_events(trainer.folder.log)[-1]["images_per_second"] == 2 * 3 * 16 / 4


def test_a_run_in_a_crowd_says_so(device, tmp_path, capsys, monkeypatch):
    looks = iter(["", "note: others", "", ""])
    monkeypatch.setattr("ms_gan.training.trainer.Crowd.look", lambda self: next(looks))
    config = tiny_config(epochs=1)
    config.output = str(tmp_path / "run")
    assert train(config, device).step == 2
    assert capsys.readouterr().out.count("note: others\n") == 1


def test_old_checkpoints_go(device, tmp_path):
    config = tiny_config(epochs=4, checkpoint_every=1, keep_checkpoints=2)
    config.output = str(tmp_path / "run")
    folder = train(config, device).folder
    assert sorted(path.name for path in folder.checkpoints.iterdir()) == ["step-000000006.ckpt", "step-000000008.ckpt"]


def test_without_the_average_the_generator_itself_is_kept(device, tmp_path):
    config = tiny_config(epochs=1)
    config.ema.enabled = False
    config.output = str(tmp_path / "run")
    trainer = train(config, device)
    kept, card = load_weights(trainer.folder.generator)
    assert not card.averaged
    for parameter in trainer.system.networks["generator"].get_parameters():
        assert np.array_equal(kept[parameter.name].asnumpy(), parameter.asnumpy())


def test_what_is_not_finite_stops_the_run_and_spares_the_checkpoints(device, tmp_path):
    config = tiny_config(epochs=2, checkpoint_every=1)
    config.output = str(tmp_path / "run")
    folder = train(config, device).folder
    good = folder.checkpoints / "step-000000004.ckpt"
    config.train.epochs, config.train.cadence = 5, "steps"
    trainer = Trainer(config, data.load(config.data, config.seed), device, folder)

    # A gradient that no loss has shown yet: pictures and checkpoint would be the first to hold it.
    moment = dict(trainer.system.parameters())["optim_g.moment2.generator.layers.5.bias"]
    moment.set_data(moment.value() + float("inf"))
    with failed("diverged") as caught:
        trainer.run()
    assert (
        "losses are finite at step 5, but weights or the optimizer's state are not; the first NaN or infinite"
        in str(caught.value)
    )
    assert f"parameter is generator.layers.5.bias. The last good checkpoint is {good}: lower optimizer.gen" in str(
        caught.value
    )
    assert f"in {folder.config} and continue with --resume {folder.path}" in str(caught.value)

    # The first of the steps that are taken before anybody looks.
    config.train.cadence = "epochs"
    inputs = trainer.inputs

    def spoilt_inputs(step):
        images, *others = inputs(step)
        return [images + (float("nan") if step == 6 else 0.0), *others]

    trainer = Trainer(config, data.load(config.data, config.seed), device, folder)
    trainer.inputs = spoilt_inputs
    with failed("diverged", says="^loss_d, loss_g, d_real became NaN or infinite at step 7; the first "):
        trainer.run()
    assert read_events(folder.log)[-1]["event"] == "error"
    values, _ = load_weights(sorted(folder.checkpoints.iterdir())[-1])
    assert all(np.isfinite(value.asnumpy()).all() for value in values.values())


@pytest.mark.parametrize(
    "change, option",
    [
        (lambda c: setattr(c.train, "batch_size", 1000), "train.batch_size"),
        (lambda c: (setattr(c.generator, "name", "dcgan"), setattr(c.generator, "kernel", 3)), "generator.name"),
        (
            lambda c: (setattr(c.procedure, "objective", "hinge"), setattr(c.procedure, "label_noise", 0.1)),
            "procedure.label_noise",
        ),
    ],
)
def test_what_cannot_be_trained_leaves_no_folder(device, tmp_path, change, option):
    config = tiny_config(epochs=1)
    config.output = str(tmp_path / "run")
    change(config)
    with refused(option):
        train(config, device)
    assert not (tmp_path / "run").exists()
