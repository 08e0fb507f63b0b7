import json
import signal

import numpy as np
import pytest
from PIL import Image

from ms_gan import data
from ms_gan.generators.sampling import open_generator
from ms_gan.generators.weights import load_weights
from ms_gan.metrics.conditional import Asked
from ms_gan.metrics.frechet import frechet_distance, moments
from ms_gan.runs.events import read_events
from ms_gan.training import frechet
from ms_gan.training.trainer import Trainer
from tests.conftest import tiny_config
from tests.metrics.stand_ins import Network
from tests.refusals import refused


@pytest.fixture
def network(tmp_path, monkeypatch):
    """Features that take no training, and a cache of the test's own."""
    found = Network((1, 28, 28), None, "rows-1a2b3c4d")
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(frechet, "open_features", lambda *_: found.features)
    return found


@pytest.fixture
def distances(monkeypatch):
    """Distances to be found in place of the true ones, in this order."""
    planned = []
    monkeypatch.setattr(frechet, "frechet_distance", lambda *_: planned.pop(0))
    return planned


def measured_config(path, epochs, every=2, ema=True):
    """A run of two steps an epoch, measured every other epoch."""
    config = tiny_config(epochs=epochs, checkpoint_every=1, keep_checkpoints=9)
    config.metrics.every, config.metrics.samples = every, 100
    config.ema.enabled = ema
    config.output = str(path)
    return config


def trainer_for(config, device, folder=None):
    return Trainer(config, data.load(config.data, config.seed), device, folder)


def trained(config, device, folder=None):
    trainer = trainer_for(config, device, folder)
    trainer.run()
    return trainer


def measured(trainer, *steps):
    """Measure and save a trainer's generators as after these steps, without training them: the bias tells the step."""
    trainer.results.quality.prepare()
    (bias,) = [
        p
        for p in trainer.system.networks[trainer.system.generators["generator"]].get_parameters()
        if "layers.5.bias" in p.name
    ]
    for trainer.step in steps:
        bias.set_data(bias.value() * 0 + trainer.step)
        trainer._look(sample=False, measure=True, save=True)
    return trainer


def lines(folder):
    return [json.loads(line) for line in folder.metrics.read_text().splitlines()]


def step_of(path):
    return load_weights(path)[1].step


def test_both_generators_are_measured_and_training_stays_the_same(device, network, tmp_path):
    trainer = trained(measured_config(tmp_path / "run", 3), device)
    folder, records = trainer.folder, lines(trainer.folder)
    assert [(r["step"], r["epoch"], r["generator"]) for r in records] == [
        (4, 2, "raw"), (4, 2, "averaged"), (6, 3, "raw"), (6, 3, "averaged")
    ]  # fmt: skip
    protocol = records[0]["protocol"]
    assert protocol["features"]["name"] == "rows-1a2b3c4d" and protocol["generated"] == 100
    assert (protocol["real"], protocol["split"], protocol["seed"]) == (40, "train", 0)
    assert protocol["generator"]["kind"] == "raw" and records[1]["protocol"]["generator"]["kind"] == "averaged"

    # Each distance is that of the generator that it names.
    (checkpoint,) = folder.checkpoints.glob("*6.ckpt")
    values, _ = load_weights(checkpoint)
    sampler = open_generator(folder.generator_last)
    for record in records[2:]:
        prefix = {"raw": "generator.", "averaged": "generator_ema."}[record["generator"]]
        for parameter in sampler.parameters():
            parameter.set_data(values[parameter.name.replace("generator.", prefix, 1)].value())
        found = moments(network.features(sampler.samples(0, 100))[0])
        real = moments(network.features(trainer.data.images)[0])
        assert record["frechet"] == pytest.approx(frechet_distance(real, found), rel=1e-6)
    with Image.open(folder.quality) as picture:
        assert picture.width == 800

    unmeasured = trained(measured_config(tmp_path / "unmeasured", 3, every=0), device)
    expected, _ = load_weights(unmeasured.folder.checkpoints / checkpoint.name)
    assert all(np.array_equal(value.asnumpy(), values[name].asnumpy()) for name, value in expected.items())
    assert not unmeasured.folder.metrics.exists() and not unmeasured.folder.generator_last.exists()


def test_the_best_is_kept_beside_the_last(device, network, distances, tmp_path, capsys):
    distances += [9.0, 5.0, 1.0, 4.0, 1.0, 4.5, 1.0, 4.25]
    trainer = measured(trainer_for(measured_config(tmp_path / "run", 7), device), 4, 8, 12, 14)
    for path, step in ((trainer.folder.generator, 8), (trainer.folder.generator_last, 14)):
        values, card = load_weights(path)
        assert (card.step, card.epoch, card.averaged) == (step, step / 2, True)
        assert (values["generator.layers.5.bias"].asnumpy() == step).all()
    assert trainer.results.quality.summary == (
        "best after epoch 4: Frechet distance 4, generator.ckpt; after epoch 7: 4.25, generator_last.ckpt"
    )
    printed = capsys.readouterr().out
    told = next(line for line in printed.splitlines() if line.startswith("epoch 4: "))
    assert told.startswith("epoch 4: Frechet distance 1 (raw), 4 (averaged); samples nearer to a training image")
    assert told.endswith("; the best so far")
    (later,) = [
        line for line in printed.splitlines() if line.startswith("epoch 6: Frechet distance 1 (raw), 4.5 (averaged)")
    ]
    assert not later.endswith("so far")


def test_a_resumed_run_knows_the_best_unless_its_steps_come_again(device, network, distances, tmp_path):
    distances += [4.0, 3.0, 5.0, 1.0]
    config = measured_config(tmp_path / "run", 6, ema=False)
    folder = measured(trainer_for(config, device), 4, 8, 10, 12).folder
    assert step_of(folder.generator) == 12 and not load_weights(folder.generator)[1].averaged

    # From step 10 on: generator.ckpt is of a step that comes again, so nobody knows how good the next one is.
    (folder.checkpoints / "step-000000012.ckpt").unlink()
    resumed = trainer_for(config, device, folder)
    assert resumed.step == 10 and resumed.results.quality.best is None
    assert [record["step"] for record in lines(folder)] == [4, 8, 10]
    resumed.step = 11
    resumed._look(sample=False, measure=False, save=True)
    assert step_of(folder.generator) == 11 and not folder.generator_last.exists()

    # From step 11 on: what is measured anew is the best; from then on it is known.
    distances += [7.0, 8.0]
    measured(trainer_for(config, device, folder), 12, 13)
    again = trainer_for(config, device, folder)
    assert again.step == 13 and again.results.quality.best["step"] == 12
    assert (step_of(folder.generator), step_of(folder.generator_last)) == (12, 13)


def test_distances_of_two_protocols_are_not_compared(device, network, distances, tmp_path):
    distances += [1.0, 2.0]
    config = measured_config(tmp_path / "run", 4, ema=False)
    folder = measured(trainer_for(config, device), 4).folder
    config.metrics.samples = 120
    trainer = measured(trainer_for(config, device, folder), 8)
    assert trainer.results.quality.best["frechet"] == 2.0 and step_of(folder.generator) == 8


def test_distances_of_another_version_of_ms_gan_are_compared(device, network, distances, tmp_path, monkeypatch):
    distances += [1.0, 9.0]
    config = measured_config(tmp_path / "run", 4, ema=False)
    folder = measured(trainer_for(config, device), 4).folder
    folder.release()
    record = json.loads(folder.metrics.read_text())
    del record["protocol"]["rules"]  # as 0.1.0 wrote it
    folder.metrics.write_text(json.dumps(record | {"protocol": record["protocol"] | {"version": "0.1.0"}}) + "\n")
    trainer = measured(trainer_for(config, device, folder), 8)
    assert trainer.results.quality.best["frechet"] == 1.0 and step_of(folder.generator) == 4


def test_a_run_that_is_too_short_needs_no_features(device, tmp_path, monkeypatch):
    monkeypatch.setattr(frechet, "open_features", None)
    trainer = trained(measured_config(tmp_path / "run", 1), device)
    assert "not measured in runs of less than 2 epochs" in trainer.results.quality.description
    assert trainer.results.quality.summary is None


def test_a_signal_does_not_wait_for_the_features_and_the_run_can_go_on(device, tmp_path, monkeypatch):
    def interrupted(*_):
        trainer.signals.stop = signal.SIGTERM
        raise KeyboardInterrupt

    config = measured_config(tmp_path / "run", 2)
    trainer = trainer_for(config, device)
    monkeypatch.setattr(frechet, "open_features", interrupted)
    assert trainer.run() == signal.SIGTERM
    resumed = trainer_for(config, device, trainer.folder)
    assert resumed.step == 4 and not resumed.results.quality.knows(4)
    resumed.folder.release()
    monkeypatch.setattr(frechet, "open_features", interrupted)
    trainer = resumed
    assert resumed.run() == signal.SIGTERM and resumed.step == 4


def test_what_images_are_compared_with_is_prepared_when_the_first_measurement_is_due(
    device, network, tmp_path, monkeypatch
):
    steps, trainer = [], trainer_for(measured_config(tmp_path / "run", 4), device)
    monkeypatch.setattr(frechet, "open_features", lambda *_: steps.append(trainer.step) or network.features)
    trainer.run()
    assert steps == [4]


def test_images_that_are_all_the_same_have_a_distance(device, network, tmp_path):
    trainer = trainer_for(measured_config(tmp_path / "run", 2), device)
    trainer.results.quality.prepare()
    for parameter in trainer.results.showcase.sampler.parameters():
        parameter.set_data(parameter.value() * 0)
    assert trainer.results.quality.measure(trainer.results.showcase.sampler)["frechet"] > 0


def test_features_that_are_no_network_leave_no_folder(device, tmp_path):
    config = measured_config(tmp_path / "run", 2)
    config.metrics.features = str(tmp_path / "absent.onnx")
    with refused("metrics.features"):
        trainer_for(config, device)
    assert not (tmp_path / "run").exists()


def test_a_stop_gives_a_measurement_up_and_the_resumed_run_makes_it(device, network, tmp_path):
    unbroken = trained(measured_config(tmp_path / "unbroken", 3), device).folder
    trainer = trainer_for(measured_config(tmp_path / "broken", 3), device)
    sample = trainer.results.showcase.sampler.generate

    def stopped_generate(*given):
        if trainer.step == 4 and trainer.results.showcase.sampler.card.averaged and trainer.results.quality._records:
            trainer.signals.stop = signal.SIGTERM
        return sample(*given)

    trainer.results.showcase.sampler.generate = stopped_generate
    assert trainer.run() == signal.SIGTERM and trainer.step == 4
    assert [record["step"] for record in lines(trainer.folder)] == [4]
    resumed = trained(measured_config(tmp_path / "broken", 3), device, trainer.folder).folder
    keys = ("step", "generator", "frechet")
    assert [[r[key] for key in keys] for r in lines(resumed)] == [[r[key] for key in keys] for r in lines(unbroken)]
    assert resumed.generator.read_bytes() == unbroken.generator.read_bytes()


def test_images_that_no_features_suit_and_a_missing_package_leave_no_folder(device, tmp_path, monkeypatch):
    config = measured_config(tmp_path / "run", 2)
    small = data.ImageData(np.zeros((32, 1, 8, 8), np.uint8), None, "small pictures", "here")
    with refused(code="few"):
        Trainer(config, small, device)
    (tmp_path / "network.onnx").touch()
    config.metrics.features = str(tmp_path / "network.onnx")
    monkeypatch.setattr("ms_gan.extras.find_spec", lambda name: None)
    with refused(code="uninstalled"):
        Trainer(config, small, device)
    assert not (tmp_path / "run").exists()


def test_what_is_measured_beside_the_distance_is_written_and_told_and_chooses_nothing(
    device, distances, tmp_path, monkeypatch, capsys
):
    digits = Network((1, 28, 28), tuple("0123456789"), "digits-1a2b3c4d")
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(frechet, "open_features", lambda *_: digits.features)
    distances += [9.0, 4.0, 8.0, 5.0]
    trainer = trainer_for(measured_config(tmp_path / "run", 4), device)
    headline = trainer.results.showcase.headline
    for share in (0.25, 1.0):

        def asked(opened, right=int(100 * share)):
            made = digits.features(opened.samples(0, 100))[1].argmax(axis=1)
            return Asked(np.where(np.arange(100) < right, made, (made + 1) % 10), tuple("0123456789"))

        headline._asked = asked
        measured(trainer, 4 if share < 1 else 8)
    assert [(record["frechet"], record["accuracy"]) for record in lines(trainer.folder)] == [
        (9, 0.25), (4, 0.25), (8, 1), (5, 1)
    ]  # fmt: skip
    assert step_of(trainer.folder.generator) == 4
    printed = capsys.readouterr().out
    assert "epoch 2: Frechet distance 9 (raw), 4 (averaged); class accuracy 0.250, 0.250; samples nearer" in printed


def test_copies_are_warned_of_once(network, device, tmp_path):
    trainer = trainer_for(measured_config(tmp_path / "run", 2), device)
    results, images = trainer.results, trainer.results.showcase._data.images
    headline = results.showcase.headline
    results.quality.prepare()
    made = np.random.default_rng(0).integers(0, 256, (100, 1, 28, 28), np.uint8)
    headline._asked, found = lambda opened: None, []
    for blocks in (made, images[:100], images[:100]):
        headline._blocks = lambda opened, blocks=blocks: [blocks]
        headline.measure(None, lambda: False)
        found.append((dict(headline.beside), headline.sign))
    assert found[0][0]["copied"] == 0 and found[0][0]["nearness"] > 1 and found[0][1] is None
    assert found[1][0] == {"copied": 1, "nearness": 0} and found[1][1].about == "copies"
    assert found[2] == ({"copied": 1, "nearness": 0}, None)
    headline._warned = False
    results.measure(2)
    warned = [record for record in read_events(results._folder.log) if record["event"] == "warning"]
    assert [record["about"] for record in warned] == ["copies"] and "the generator copies: 100%" in warned[0]["text"]
    records = list(read_events(results._folder.metrics))
    assert [record["copied"] for record in records] == [1, 1]
