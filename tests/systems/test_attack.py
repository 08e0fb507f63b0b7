"""AdvGAN in small: trained, resumed to the same bits, and the classifier it attacks left alone."""

import numpy as np
import pytest

from ms_gan.cli.train import main
from ms_gan.generators.sampling import open_generator
from ms_gan.generators.weights import load_weights
from ms_gan.runs.events import read_events
from tests.paths import ROOT

pytestmark = pytest.mark.usefixtures("device")
TINY = [
    "--config", str(ROOT / "configs" / "advgan_mnist.yaml"), "--device", "CPU", "--data.source", "synthetic",
    "--data.limit", "40", "--batch-size", "16",
    "--attack.channels", "4", "--attack.blocks", "1", "--discriminator.channels", "4", "--train.sample_count", "3",
    "--train.cadence", "steps", "--metrics.samples", "100",
]  # fmt: skip


@pytest.fixture
def untrained(random_classifiers, monkeypatch):
    """Random classifiers in place of trained ones, and a hundred held-out pictures."""
    monkeypatch.setattr("ms_gan.data.held_out.DRAWN", 100)


def values(folder):
    found, card = load_weights(folder / "checkpoints" / "step-000000004.ckpt")
    assert card.kind == "image" and card.task == "attack"
    return {name: value.asnumpy() for name, value in found.items()}


def test_it_trains_resumes_to_the_same_bits_and_leaves_the_classifier_alone(untrained, tmp_path):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert main([*TINY, "--steps", "4", "--output", str(whole)]) == 0
    assert main([*TINY, "--steps", "2", "--output", str(parts)]) == 0
    assert main(["--resume", str(parts), "--steps", "4"]) == 0
    first, _ = load_weights(parts / "checkpoints" / "step-000000002.ckpt")
    expected, found = values(whole), values(parts)
    moved = 0
    for name, value in expected.items():
        assert np.array_equal(value, found[name]), name
        same = np.array_equal(value, first[name].asnumpy())
        assert same or not name.startswith("classifier."), f"{name}: the classifier was trained"
        moved += not same
    assert moved > 10 and sum(name.startswith("classifier.") for name in expected) > 10
    records = [record for record in read_events(whole / "metrics.jsonl") if record["event"] == "quality"]
    assert all(0 <= record["success"] <= 1 and record["l2"] > 0 for record in records)

    opened = open_generator(whole)
    clean = np.linspace(-1, 1, 2 * 28 * 28, dtype=np.float32).reshape(2, 1, 28, 28)
    off = np.abs(opened.run(clean) - clean)
    assert 0 < off.max() <= 0.6 + 1e-6 and np.abs(opened.run(clean)).max() <= 1
    assert opened.card.options["attack"]["eps"] == 0.3


def test_what_does_not_go_together_is_refused(untrained, tmp_path, capsys):
    for options, words in (
        (["--attack.target", "12"], "attack.target: 12 is no class; allowed: 0 to 9"),
        (["--metrics.features", __file__], "metrics.features: an attack is measured by attack.classifier"),
        (["--data.image_size", "30"], "data.image_size: 30x30 pixels cannot be halved twice"),
    ):
        assert main([*TINY, "--steps", "1", "--output", str(tmp_path / "run"), *options]) == 2
        assert words in capsys.readouterr().err and not (tmp_path / "run").exists()
