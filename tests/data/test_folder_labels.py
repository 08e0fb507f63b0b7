import json

import numpy as np
import pytest
from PIL import Image

from ms_gan.config.data_section import DataConfig
from ms_gan.data import load
from ms_gan.data.folder_labels import read_labels
from ms_gan.data.labels import class_counts, describe_classes, labelled
from ms_gan.errors import GanError, UsageError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Pictures of three classes, in subfolders; each is as bright as its class's number."""
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "cache"))
    for number, name in enumerate(("2", "10", "cats")):
        (tmp_path / "pets" / name / "deep").mkdir(parents=True)
        for i in range(2 + number):
            Image.new("RGB", (8, 8), (40 * number, i, 0)).save(tmp_path / "pets" / name / "deep" / f"{i}.png")
    return tmp_path / "pets"


def data_of(folder, **more):
    return load(DataConfig(source="folder", dir=str(folder), image_size=8, labelled=True, **more), 0)


def test_subfolders_are_classes_in_the_order_of_their_numbers(folder):
    data = data_of(folder)
    assert data.classes == ("2", "10", "cats") and class_counts(data).tolist() == [2, 3, 4]
    assert np.array_equal(data.images[:, 0, 0, 0], 40 * data.labels)
    assert load(DataConfig(source="folder", dir=str(folder), image_size=8), 0).labels is None


def test_a_picture_that_cannot_be_read_takes_its_label_along(folder):
    (folder / "10" / "broken.png").write_bytes(b"no picture")
    for _ in ("decoded", "cached"):
        data = data_of(folder, max_unreadable=0.5)
        assert class_counts(data).tolist() == [2, 3, 4]
        assert np.array_equal(data.images[:, 0, 0, 0], 40 * data.labels)


def test_classes_that_are_chosen_are_renumbered_and_keep_their_names(folder):
    data = labelled(data_of(folder, classes=["cats", "2"]))
    assert data.classes == ("2", "cats") and class_counts(data).tolist() == [2, 4]
    assert labelled(data).classes == data.classes and np.array_equal(labelled(data).labels, data.labels)


@pytest.mark.parametrize("mapping", [False, True])
def test_a_dataset_json_names_the_classes(folder, mapping):
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.png"))
    pairs = [(name, i % 2) for i, name in enumerate(names)]
    content = {"labels": dict(pairs) if mapping else pairs}
    (folder / "dataset.json").write_text(json.dumps(content))
    found = read_labels(folder, names)
    assert found.numbers.tolist() == [number for _, number in pairs] and found.classes == ("0", "1")
    (folder / "dataset.json").write_text(json.dumps({**content, "classes": ["even", "odd"]}))
    assert data_of(folder).classes == ("even", "odd")


@pytest.mark.parametrize("content, says", [
    ("{", "is not JSON"), ("[]", "should hold"), ('{"labels": null}', "holds no labels"),
    ('{"labels": [1, 2]}', "pairs"), ('{"labels": [["a.png", -1]]}', "no whole number"),
    ('{"labels": [["a.png", 0.5]]}', "no whole number"),
    ('{"labels": [["a.png", 0]]}', "no label for 1 picture: b.png"),
    ('{"labels": {"a.png": 0, "b.png": 1}, "classes": ["x"]}', "at least 2 names"),
])  # fmt: skip
def test_a_wrong_dataset_json_is_one_sentence(tmp_path, content, says):
    (tmp_path / "dataset.json").write_text(content)
    with pytest.raises(UsageError, match="^data.labelled: ") as error:
        read_labels(tmp_path, ["a.png", "b.png"])
    assert says in str(error.value) and "\n" not in str(error.value)


def test_a_dataset_json_that_cannot_be_read_is_no_usage_error(tmp_path, monkeypatch):
    (tmp_path / "dataset.json").write_text("{}")
    monkeypatch.setattr("ms_gan.data.folder_labels.LABELS_BYTES", 1)
    with pytest.raises(GanError, match="larger than"):
        read_labels(tmp_path, ["a.png"])


def test_pictures_outside_and_empty_classes_are_named(folder):
    Image.new("RGB", (8, 8)).save(folder / "stray.png")
    with pytest.raises(UsageError, match="^data.labelled: 1 picture .*stray.png"):
        data_of(folder)
    (folder / "stray.png").unlink()
    (folder / "dogs").mkdir()
    with pytest.raises(UsageError, match="^data.labelled: no pictures in dogs"):
        data_of(folder)


def test_what_cannot_be_learnt_by_class_is_one_sentence(folder):
    data = data_of(folder)
    with pytest.raises(UsageError, match="^conditional: .*data.labelled"):
        labelled(load(DataConfig(source="folder", dir=str(folder), image_size=8), 0))
    with pytest.raises(UsageError, match="^conditional: .*one class, cats"):
        labelled(data_of(folder, classes=["cats"]))
    alone = data.__class__(data.images, np.arange(9), "t", "o", tuple(map(str, range(9))))
    with pytest.raises(UsageError, match="^conditional: 9 images of 9 classes are too few"):
        labelled(alone)


def test_very_unequal_classes_are_told():
    data = labelled(_data(np.repeat(np.arange(2), [44, 4])))
    sizes, warning = describe_classes(data)
    assert sizes == "2 classes of 4 (dog) to 44 (cat) images" and "11 times" in warning
    assert len(list(describe_classes(_data(np.repeat(np.arange(2), [40, 4]))))) == 1


def _data(labels):
    from ms_gan.data import ImageData

    return ImageData(np.zeros((len(labels), 1, 2, 2), np.uint8), labels, "t", "o", ("cat", "dog"))
