import struct

import mindspore as ms
import numpy as np
import pytest
from mindspore.train.checkpoint_pb2 import Checkpoint

from ms_gan.generators.card import Card
from ms_gan.generators.weights import load_weights, read_checkpoint, restore, save_weights
from tests.refusals import failed, refused

pytestmark = pytest.mark.usefixtures("device")


def parameter(name, shape, value=0.0):
    return name, ms.Parameter(ms.Tensor(np.full(shape, value, np.float32)), name=name)


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "weights.ckpt"
    save_weights(path, [parameter("a.weight", (2, 3), 1.5), parameter("a.bias", (3,), -1)], Card(recipe="r", step=7))
    return path


@pytest.fixture
def unsealed(saved):
    """The same file as an earlier version wrote it, without its digest."""
    made = Checkpoint()
    made.ParseFromString(saved.read_bytes())
    assert made.value.pop().tag == "sha256"
    saved.write_bytes(made.SerializeToString())
    return saved


def test_the_file_is_mindspores_own_with_a_seal(saved, unsealed, tmp_path):
    entries = [{"name": name, "data": value} for name, value in load_weights(unsealed)[0].items()]
    card = Card(recipe="r", step=7).to_json()
    ms.save_checkpoint(entries, str(tmp_path / "own.ckpt"), append_dict={"card": card})
    assert unsealed.read_bytes() == (tmp_path / "own.ckpt").read_bytes()
    save_weights(saved, [parameter("a", ()), parameter("b", (300, 2), 0.5)], Card(), "a note")
    assert read_checkpoint(saved).notes == "a note"
    found = ms.load_checkpoint(str(saved))
    assert found["a"].shape == () and (found["b"].asnumpy() == 0.5).all() and found["notes"] == "a note"


def test_any_flipped_bit_and_any_cut_is_noticed(saved):
    content = saved.read_bytes()
    for at in [*range(0, len(content), 37), *range(len(content) - 300, len(content))]:
        saved.write_bytes(content[:at] + bytes([content[at] ^ 1 << at % 8]) + content[at + 1 :])
        with failed("damaged"):
            load_weights(saved)
    length = len(content)
    for kept in {*range(0, length, 53), *range(length - 300, length)} - {length - 280}:
        saved.write_bytes(content[:kept])
        with failed("damaged"):
            load_weights(saved)
    saved.write_bytes(content[:-280])  # all but the seal is what an earlier version wrote
    assert load_weights(saved)[1].step == 7
    at = content.index(np.float32(1.5).tobytes())
    saved.write_bytes(content[:at] + np.float32(1.25).tobytes() + content[at + 4 :])
    with failed("damaged", says=r"weights.ckpt: damaged: .* \(SHA-256\)"):
        load_weights(saved)


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
    with failed("mismatch", says=r"a\.bias is \(3,\) there and should be \(4,\)"):
        restore(target, values, saved)
    assert (target[0][1].asnumpy() == 0).all()
    with failed("mismatch", says=r"b\.weight \(1,\) is not in it"):
        restore([parameter("b.weight", (1,))], values, saved)


@pytest.mark.parametrize("damage", [lambda data: data[:-20], lambda data: b"", lambda data: b"not a checkpoint" * 50])
def test_a_damaged_file_is_one_sentence(saved, damage):
    saved.write_bytes(damage(saved.read_bytes()))
    with failed("damaged"):
        load_weights(saved)


def test_a_missing_file_and_a_foreign_checkpoint(tmp_path):
    with refused(code="missing"):
        load_weights(tmp_path / "absent.ckpt")
    ms.save_checkpoint(ms.nn.Dense(2, 2), str(tmp_path / "foreign.ckpt"))
    with failed("damaged", says="without a generator's card"):
        load_weights(tmp_path / "foreign.ckpt")


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with failed("unwritable"):
        save_weights(tmp_path / "file" / "w.ckpt", [parameter("a", (1,))], Card())


def test_every_number_type_and_a_tensor_in_parts(unsealed):
    saved = unsealed
    made = Checkpoint()
    made.ParseFromString(saved.read_bytes())
    weight = made.value[0].tensor
    made.value.insert(1, made.value[0])
    made.value[0].tensor.tensor_content, made.value[1].tensor.tensor_content = (
        weight.tensor_content[:8],
        weight.tensor_content[8:],
    )
    for name, kind in {"Int32": np.int32, "Int64": np.int64, "Float16": np.float16, "Float64": np.float64}.items():
        value = made.value.add(tag=name)
        value.tensor.dims.append(3)
        value.tensor.tensor_type, value.tensor.tensor_content = name, np.arange(3, dtype=kind).tobytes()
    saved.write_bytes(made.SerializeToString())
    values, _ = load_weights(saved)
    assert (values["a.weight"].asnumpy() == 1.5).all() and values["a.weight"].shape == (2, 3)
    assert all(values[name].asnumpy().tolist() == [0, 1, 2] for name in ("Int32", "Int64", "Float16", "Float64"))


def to(*names, value):
    """A change of a checkpoint: sets an attribute of its first value."""

    def change(made):
        place = made.value[0]
        for name in names[:-1]:
            place = getattr(place, name)
        setattr(place, names[-1], value)

    return change


def set_dims(*dims):
    def change(made):
        del made.value[0].tensor.dims[:]
        made.value[0].tensor.dims.extend(dims)

    return change


@pytest.mark.parametrize(
    "change, says",
    [
        (set_dims(2**31, 2**31), "size differs from its header"),
        (set_dims(-2, -3), "impossible dimensions"),
        (set_dims(0, 3), "impossible dimensions"),
        (set_dims(*[1] * 100_000), "impossible dimensions"),
        (to("tensor", "tensor_content", value=b""), "size differs from its header"),
        (to("tensor", "tensor_type", value="BFloat16"), "does not write"),
        (to("tensor", "tensor_type", value="str"), "invalid text"),
        (lambda made: made.value[0].ClearField("tensor"), "without a name or a tensor"),
        (lambda made: made.value[0].maptensor.tensor.add(), "unknown field 3"),
        (lambda made: made.value.add().CopyFrom(made.value[0]), "two values with the same name"),
        (lambda made: made.value.insert(0, made.value[1]), "two values with the same name"),
    ],
)
def test_a_checkpoint_that_would_crash_mindspore_is_refused(unsealed, change, says):
    saved = unsealed
    made = Checkpoint()
    made.ParseFromString(saved.read_bytes())
    change(made)
    saved.write_bytes(made.SerializePartialToString())
    with failed("damaged", says=says):
        values, _ = load_weights(saved)
        restore([parameter("a.weight", (2, 3))], values, saved)


def test_numbers_of_another_type_are_refused(saved):
    values, _ = load_weights(saved)
    values["a.bias"] = ms.Parameter(ms.Tensor(np.zeros(3, np.int32)))
    with failed("mismatch", says="a.bias is Int32 there, not Float32"):
        restore([parameter("a.bias", (3,))], values, saved)


def test_a_file_of_absurd_size_is_not_read(saved):
    with open(saved, "r+b") as file:
        file.truncate((8 << 30) + 1)  # takes no room on a disk
    with failed("damaged", says="larger than any checkpoint"):
        load_weights(saved)


def test_card_text_that_is_none(saved):
    content = saved.read_bytes().replace(struct.pack("<I", ord("{")), b"\xff\xff\xff\xff", 1)
    saved.write_bytes(content)
    with failed("damaged", says="invalid text"):
        load_weights(saved)
