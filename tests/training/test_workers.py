"""Several workers against one: two and four as real processes, others as the numbers that they would be given."""

import sys
from dataclasses import replace
from pathlib import Path

import mindspore as ms
import numpy as np
import pytest
from mindspore import nn

from ms_gan import data
from ms_gan.cli.train import main
from ms_gan.generators.weights import load_weights
from ms_gan.runs.events import read_events
from ms_gan.runtime.job import Job, JobPlan, free_port
from ms_gan.runtime.workers import Workers
from ms_gan.systems.latent.build import build_networks
from ms_gan.training.parallel import NORMS
from ms_gan.training.trainer import Trainer
from tests.conftest import tiny_config
from tests.refusals import refused
from tests.training.jobs import PLAIN, final_values, run
from tests.training.two_workers import SIGNALLED, plain_config

pytestmark = pytest.mark.usefixtures("device")


def test_two_workers_train_like_one_stop_together_and_are_taken_over_by_one(device, tmp_path, monkeypatch, capfd):
    folder = tmp_path / "two"
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    command = [sys.executable, str(Path(__file__).with_name("two_workers.py")), str(folder)]
    code = Job(JobPlan(command, 2, 2, 0, "127.0.0.1", free_port(), 1)).run()
    printed = capfd.readouterr()
    assert code == 0, printed.err
    assert "worker 0 stopped by 15" in printed.out and "worker 1" not in printed.out

    start, *_, stop = read_events(folder / "log.jsonl")
    assert (start["workers"], start["precision"]) == (2, "float32")
    assert SIGNALLED < stop["step"] <= SIGNALLED + 10 and stop["event"] == "stop"

    config = plain_config(tmp_path / "one")
    config.train.steps = 5
    Trainer(config, data.load(config.data, config.seed), device).run()
    compare(folder, tmp_path / "one")

    assert main(["--resume", str(folder), "--steps", str(stop["step"] + 1)]) == 0
    assert "was trained with 2 workers of 8 images and continues with 1 worker of 16 images" in capfd.readouterr().out


def test_four_workers_in_two_parts_each_train_like_one(tmp_path):
    one, four = tmp_path / "one", tmp_path / "four"
    run(["-m", "ms_gan.cli.launch", "--workers", "4", *PLAIN, "--train.accumulate", "2", "--output", str(four)])
    assert main([*PLAIN, "--output", str(one)]) == 0
    expected = final_values(one)
    for name, value in final_values(four).items():
        assert np.allclose(value, expected[name], atol=1e-5), name


def compare(folder, other, step=5):
    """The checkpoints of two runs, and the losses that they logged."""
    found, expected = (load_weights(f / "checkpoints" / f"step-{step:09d}.ckpt")[0] for f in (folder, other))
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        assert np.allclose(found[name].asnumpy(), value.asnumpy(), atol=1e-5), name
    found, expected = (
        next(record for record in read_events(f / "log.jsonl") if record["event"] == "train") for f in (folder, other)
    )
    for name in ("loss_d", "loss_g", "d_real", "d_fake"):
        assert found[name] == pytest.approx(expected[name], abs=1e-5), name


def test_what_a_device_does_not_do_for_several_workers_leaves_no_folder(device, tmp_path):
    def trainer(**changes):
        Trainer(config, data.load(config.data, config.seed), replace(device, **changes))

    config = tiny_config()
    config.output = str(tmp_path / "run")
    config.train.sync_batch_norm = True
    with refused("train.sync_batch_norm"):
        trainer()
    config.train.sync_batch_norm, config.metrics.every = False, 1
    with refused("metrics.every"):
        trainer(workers=Workers(0, 2), mindspore="2.9.0")
    assert not (tmp_path / "run").exists()


def test_every_norm_becomes_one_of_all_workers(choose_kernels, monkeypatch):
    class SyncBatchNorm(nn.BatchNorm2d):
        """Stands in for MindSpore's, which can be made on an Ascend only, and takes (N, C) too."""

        def _check_input_dim(self, shape, name):
            pass

    monkeypatch.setattr(nn, "SyncBatchNorm", SyncBatchNorm)
    choose_kernels(False)
    for family, shape, norms in (("mlp", (1, 6, 6), 1), ("dcgan", (1, 16, 16), 2)):
        config = tiny_config()
        config.generator.name = family
        expected = {p.name: p for p in build_networks(config, shape)["generator"].get_parameters()}
        config.train.sync_batch_norm = True
        generator = build_networks(config, shape, workers=2)["generator"]
        kinds = [type(cell) for _, cell in generator.cells_and_names() if isinstance(cell, NORMS)]
        assert kinds == [SyncBatchNorm] * norms
        for parameter in generator.get_parameters():
            assert np.array_equal(parameter.asnumpy(), expected.pop(parameter.name).asnumpy())
        assert not expected
        generator.set_train()(ms.ops.ones((4, 8), ms.float32))
        moved = [p.asnumpy().any() for p in generator.get_parameters() if p.name.endswith("moving_mean")]
        assert moved == [True] * norms
