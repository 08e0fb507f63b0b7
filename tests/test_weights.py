import mindspore as ms
import numpy as np
import pytest

from ms_gan.card import Card
from ms_gan.errors import GanError, UsageError
from ms_gan.weights import load_weights, restore, save_weights

pytestmark = pytest.mark.usefixtures("device")


def parameter(name, shape, value=0.0):
    return name, ms.Parameter(ms.Tensor(np.full(shape, value, np.float32)), name=name)


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "weights.ckpt"
    save_weights(path, [parameter("a.weight", (2, 3), 1.5), parameter("a.bias", (3,), -1)], Card(recipe="r", step=7))
    return path


def test_round_trip_with_the_card(saved):
    values, card = load_weights(saved)
    assert (card.recipe, card.step) == ("r", 7)
    target = [parameter("a.weight", (2, 3)), parameter("a.bias", (3,))]
    restore(target, values, saved)
    assert (target[0][1].asnumpy() == 1.5).all() and (target[1][1].asnumpy() == -1).all()
    assert [path.name for path in saved.parent.iterdir()] == ["weights.ckpt"]


def test_another_network_is_refused_whole_and_named(saved):
    values, _ = load_weights(saved)
    target = [parameter("a.weight", (2, 3)), parameter("a.bias", (4,))]
    with pytest.raises(GanError, match=r"a\.bias is \(3,\) there and should be \(4,\)"):
        restore(target, values, saved)
    assert (target[0][1].asnumpy() == 0).all()
    with pytest.raises(GanError, match=r"b\.weight \(1,\) is not in it"):
        restore([parameter("b.weight", (1,))], values, saved)


@pytest.mark.parametrize("damage", [lambda data: data[:-20], lambda data: b"", lambda data: b"not a checkpoint" * 50])
def test_a_damaged_file_is_one_sentence(saved, damage):
    saved.write_bytes(damage(saved.read_bytes()))
    with pytest.raises(GanError, match="not a checkpoint, or a truncated one"):
        load_weights(saved)


def test_a_missing_file_and_a_foreign_checkpoint(tmp_path):
    with pytest.raises(UsageError, match="no such checkpoint"):
        load_weights(tmp_path / "absent.ckpt")
    ms.save_checkpoint(ms.nn.Dense(2, 2), str(tmp_path / "foreign.ckpt"))
    with pytest.raises(GanError, match="without a generator's card"):
        load_weights(tmp_path / "foreign.ckpt")


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(GanError, match="cannot be written"):
        save_weights(tmp_path / "file" / "w.ckpt", [parameter("a", (1,))], Card())
