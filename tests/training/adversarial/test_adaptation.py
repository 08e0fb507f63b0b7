import shutil

import mindspore as ms
import numpy as np
import pytest

from ms_gan import tasks
from ms_gan.cli.train import main
from ms_gan.generators.weights import load_weights
from ms_gan.runs.events import read_events
from ms_gan.tasks.latent import TASK, Config, check
from ms_gan.training.adversarial.adaptation import Adaptation
from tests.conftest import TINY_FLAGS
from tests.refusals import refused

ADAPTIVE = [
    *TINY_FLAGS, "--regularise.augment", "[blit]", "--regularise.augment_target", "-0.5",
    "--regularise.augment_images", "640", "--train.cadence", "steps", "--train.log_every", "1", "--steps", "10",
    "--train.checkpoint_every", "6", "--train.sample_every", "10",
]  # fmt: skip


def test_p_follows_the_mean_sign_of_four_steps_and_stays_within_0_and_1(mode):
    adaptation = Adaptation(0.6, 0.4)

    def after(*signs):
        return [round(float(adaptation(ms.Tensor(sign, ms.float32))), 6) for sign in signs]

    assert after(1, 1, 1, 1) == [0, 0, 0, 0.4]
    assert after(1, 1, 1, 0) == [0.4, 0.4, 0.4, 0.8]  # 0.75 on average
    assert after(1, 1, 1, 1) == [0.8, 0.8, 0.8, 1]
    assert after(0, 1, 0, 1) == [1, 1, 1, 0.6]
    assert after(*[-1] * 8)[3::4] == [0.2, 0]
    assert {p.name for p in adaptation.get_parameters()} == {"augment.p", "augment.signs", "augment.taken"}


def last(folder, step):
    return {name: p.asnumpy() for name, p in load_weights(folder / "checkpoints" / f"step-{step:09d}.ckpt")[0].items()}


def test_a_resumed_run_has_the_bits_of_an_unbroken_one_and_shows_p(device, tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert main([*ADAPTIVE, "--output", str(whole)]) == 0
    shutil.copytree(whole, broken)
    (broken / "checkpoints" / "step-000000010.ckpt").unlink()
    assert last(broken, 6)["augment.taken"] == 2  # between two changes of p
    assert main(["--resume", str(broken)]) == 0
    expected, found = last(whole, 10), last(broken, 10)
    assert expected.keys() == found.keys()
    assert [name for name in expected if not np.array_equal(expected[name], found[name])] == []

    records = [record for record in read_events(broken / "log.jsonl") if record["event"] == "train"]
    ps = [record["augment_p"] for record in records]
    assert ps[0] == 0 and ps[-1] == found["augment.p"] and set(ps) > {0}
    moves = np.diff(ps)[[2, 6]]
    means = [np.mean([record["sign_real"] for record in records[i : i + 4]]) for i in (0, 4)]
    np.testing.assert_allclose(moves, 0.1 * np.sign(np.array(means) + 0.5), atol=1e-6)
    assert "Adaptive augmentation" in (broken / "report.html").read_text(encoding="utf-8")


def test_only_runs_that_adapt_have_its_statistics():
    config = Config()
    assert tasks.of_config(config).statistics == TASK.statistics
    assert len(tasks.of_config(config).charts()) == 2
    config.regularise.augment_target = 0.6
    task = tasks.of_config(config)
    assert task.keys[4:] == ("augment_p", "sign_real") and len(task.charts()) == 3


@pytest.mark.parametrize(
    "option, options",
    [
        ("regularise.augment_target", {"augment_target": 0.6}),
        ("regularise.augment_p", {"augment_p": 0.5}),
        ("regularise.augment_p", {"augment": ["blit"], "augment_target": 0.6, "augment_p": 0.5}),
        ("regularise.augment_target", {"augment": ["blit"], "augment_target": 0.6, "objective": "wasserstein"}),
        ("regularise.augment_target", {"augment": ["blit"], "augment_target": 0.6, "objective": "relativistic"}),
    ],
)
def test_contradictions_are_refused(option, options):
    config = Config()
    config.procedure.objective = options.pop("objective", "hinge")
    for name, value in options.items():
        setattr(config.regularise, name, value)
    with refused(option):
        check(config)


def test_other_tasks_refuse_to_adapt():
    for name in ("attack", "paired"):
        task = tasks.find(name)
        config = task.config()
        config.regularise.augment_target = 0.6
        with refused("regularise.augment_target"):
            task.check(config)
