import json
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from ms_gan.errors import GanError
from ms_gan.metrics.features.cache import CARD, WEIGHTS, Stored, stored

MADE = Stored({"layers.0.weight": np.arange(600, dtype=np.float32).reshape(2, 300)}, {"accuracy": 0.5, "classes": None})


class Training:
    """Makes the same weights each time, and counts how often."""

    def __init__(self, seconds=0.0):
        self.seconds, self.times = seconds, 0

    def __call__(self):
        time.sleep(self.seconds)
        self.times += 1
        return MADE


def same(found):
    assert found.weights.keys() == MADE.weights.keys()
    for name, value in MADE.weights.items():
        assert np.array_equal(found.weights[name], value) and found.weights[name].dtype == value.dtype
    return {key: found.card[key] for key in MADE.card} == MADE.card


def test_what_is_there_is_not_made_again(tmp_path):
    train = Training()
    assert same(stored(tmp_path / "it", train)) and same(stored(tmp_path / "it", train))
    assert train.times == 1
    assert len(json.loads((tmp_path / "it" / CARD).read_text())["sha256"]) == 64


@pytest.mark.parametrize("damage", ["a bit", "cut", "no weights", "no card", "other JSON", "no JSON"])
def test_what_is_damaged_is_made_anew(tmp_path, capsys, damage):
    train = Training()
    stored(tmp_path, train)
    content = bytearray((tmp_path / WEIGHTS).read_bytes())
    if damage == "a bit":
        content[len(content) // 2] ^= 1
        (tmp_path / WEIGHTS).write_bytes(content)
    elif damage == "cut":
        (tmp_path / WEIGHTS).write_bytes(content[:1000])
    elif damage.endswith("JSON"):
        (tmp_path / CARD).write_text("[]" if damage == "other JSON" else '{"sha')
    else:
        (tmp_path / (WEIGHTS if damage == "no weights" else CARD)).unlink()
    assert same(stored(tmp_path, train)) and train.times == 2
    # Without a card the training was cut short, which is no damage.
    assert ("damaged; the features are trained again" in capsys.readouterr().err) == (damage != "no card")
    stored(tmp_path, train)
    assert train.times == 2


def test_two_at_once_train_once(tmp_path, capsys):
    train = Training(seconds=0.3)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(stored, tmp_path / "it", train) for _ in range(2)]
    assert all(same(one.result()) for one in both) and train.times == 1
    assert "Another process is training a feature extractor; waiting" in capsys.readouterr().err


def test_a_training_that_fails_leaves_nothing(tmp_path):
    def fail():
        raise GanError("no")

    with pytest.raises(GanError):
        stored(tmp_path / "it", fail)
    assert [path.name for path in (tmp_path / "it").iterdir()] in ([], [".lock"])
