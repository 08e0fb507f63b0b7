import json
import shutil
import zipfile

import numpy as np
import pytest
from PIL import Image

from ms_gan.config.data_section import DataConfig
from ms_gan.data import ImageData, decoded, load
from ms_gan.data.expected import expected
from ms_gan.data.labels import class_counts, in_words, labelled, uneven
from ms_gan.errors import UsageError
from ms_gan.pictures.grids import save_grid
from tests.refusals import refused

VALUES = {"cat": 10, "dog": 100, "frog": 200}  # the pixels of each class's pictures


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def folder(tmp_path):
    """Three pictures of each class, in subfolders."""
    for name, value in VALUES.items():
        (tmp_path / "animals" / name).mkdir(parents=True)
        for number in range(3):
            Image.new("RGB", (9, 9), (value + number,) * 3).save(tmp_path / "animals" / name / f"{number}.png")
    return tmp_path / "animals"


def read(root, **options):
    return load(DataConfig(source="folder", dir=str(root), image_size=8, max_unreadable=0.9, **options), 0)


def assert_right(data):
    """Whether each image has the class whose value its pixels have."""
    values = data.images[:, 0, 4, 4].astype(int)
    assert [VALUES[data.classes[label]] for label in data.labels] == (values // 10 * 10).tolist()
    assert data.labels.dtype == np.int32 and len(data.labels) == len(data.images)


def made(labels, classes=("cat", "dog", "frog"), **more):
    labels = np.array(labels, np.uint8)
    return ImageData(np.zeros((len(labels), 1, 2, 2), np.uint8), labels, "Animals", "here", classes, **more)


def test_labels_of_any_source_become_numbers_without_gaps():
    data = labelled(made([2, 0, 2, 0, 0]))
    assert data.labels.tolist() == [1, 0, 1, 0, 0] and data.labels.dtype == np.int32
    assert data.classes == ("cat", "frog") and class_counts(data).tolist() == [3, 2]
    again = labelled(data)
    assert again.labels.tolist() == data.labels.tolist() and again.classes == data.classes


def test_chosen_classes_are_numbered_in_the_order_of_their_numbers():
    data = labelled(load(DataConfig(source="synthetic", limit=300, classes=[7, "2"]), 0))
    whole = load(DataConfig(source="synthetic", limit=300), 0)
    assert data.classes == ("2", "7")
    kept = np.isin(whole.labels, [2, 7])
    np.testing.assert_array_equal(data.labels, whole.labels[kept] == 7)
    np.testing.assert_array_equal(data.images, whole.images[kept])


@pytest.mark.parametrize(
    "data, says",
    [
        (made([1, 1, 1]), r"Animals, 3 images are of one class only, dog; to train by class takes two or more"),
        (made([0, 1, 2]), r"in 3 classes, are too few: .* classes cat, dog, frog have only one"),
        (made(range(9), [*"abcdefghi"]), r"classes a, b, c, d, e, and 4 more have only one"),
        (made([0, 0, 3, 3]), r"4 labels from 0 to 3; there should be one for each image, from 0 to 2"),
        (made([0, 0, 1, 1], chosen=(0, 1, 2)), r"data.classes: .* have no image of class frog; raise data.limit"),
        (ImageData(np.zeros((2, 1, 2, 2), np.uint8), None, "Photos", "here"), r"Photos have no labels; sort the pict"),
    ],
)
def test_labels_that_no_network_can_be_trained_by_are_refused(data, says):
    with pytest.raises(UsageError, match=says):
        labelled(data)


def test_uneven_classes_are_told_once():
    assert uneven(made([0] * 20 + [1] * 2)) is None
    data = labelled(made([0] * 21 + [1] * 2))
    (notice,) = data.notices
    assert notice.startswith("classes are uneven: cat has 21 images, dog has 2;") and notice == uneven(data)


def test_counts_in_words():
    assert in_words(made([0, 0, 2])) == "cat 2, frog 1"
    many = made([*range(30), 7, 7], tuple(f"c{number}" for number in range(30)))
    assert in_words(many) == "30 classes, of 1 images (c0) to 3 (c7)"


def test_a_folders_subfolders_are_its_classes_only_for_who_asks(folder, monkeypatch):
    data = read(folder)
    assert data.labels is None and data.classes is None and data.title == "images in animals"
    assert labelled(data).classes == ("cat", "dog", "frog")
    assert_right(labelled(data))
    monkeypatch.setattr(decoded, "_make", lambda *_: pytest.fail("decoded again"))
    assert_right(labelled(read(folder)))


def test_a_zip_file_has_the_classes_of_the_folder_in_it(folder, tmp_path):
    shutil.make_archive(str(tmp_path / "zipped"), "zip", tmp_path, "animals")
    data = labelled(read(tmp_path / "zipped.zip"))
    assert data.classes == ("cat", "dog", "frog") and len(data.images) == 9
    assert_right(data)


def test_what_a_zip_file_cannot_give_may_stand_in_its_dataset_json(folder, tmp_path):
    labels = [[f"{name}/{number}.png", place] for place, name in enumerate(VALUES) for number in range(3)]
    with zipfile.ZipFile(tmp_path / "zipped.zip", "w") as archive:
        for name, _ in labels:
            archive.write(folder / name, f"animals/{name}")
        archive.writestr("animals/dataset.json", json.dumps({"labels": labels, "classes": [*VALUES]}))
    packed = (tmp_path / "zipped.zip").read_bytes()
    damaged = (folder / "dog/1.png").read_bytes()
    (tmp_path / "zipped.zip").write_bytes(packed.replace(damaged, damaged[:-1] + b"x"))
    data = labelled(read(tmp_path / "zipped.zip"))
    assert class_counts(data).tolist() == [3, 2, 3] and "animals/dog/1.png (Bad CRC" in data.notices[0]
    assert_right(data)


def test_files_that_cannot_be_read_leave_the_labels_of_the_others_right(folder):
    for name in ("cat/0.png", "dog/2.png"):
        (folder / name).write_bytes(b"x")
    save_grid(np.zeros((1, 3, 8, 8), np.uint8), folder / "sheet.png")
    for _ in range(2):  # decoded, then from the cache
        data = labelled(read(folder))
        assert class_counts(data).tolist() == [2, 2, 3]
        assert_right(data)


def test_a_folders_classes_are_chosen_before_the_limit(folder):
    data = read(folder, classes=["FROG", "dog"], limit=5)
    assert data.labels is None and data.title == "images in animals, classes dog and frog"
    assert data.images[:, 0, 4, 4].tolist() == [100, 101, 102, 200, 201]
    data = labelled(data)
    assert data.classes == ("dog", "frog") and data.labels.tolist() == [0, 0, 0, 1, 1]
    config = DataConfig(source="folder", dir=str(folder), classes=["frog"])
    assert expected(config).most == 3
    config.classes = ["cow"]
    with refused("data.classes", says=r"no class cow; there are cat \(0\), dog \(1\), frog \(2\)"):
        expected(config)


@pytest.mark.parametrize(
    "listed, broken, options, says",
    [
        (None, (), {"limit": 4}, "gives no image of class frog: data.limit takes the first pictures by path"),
        (None, ("dog",), {}, "gives no image of class dog: none of its pictures can be read"),
        (["cow"], (), {}, "no image of class cow: dataset.json names it; add pictures, or remove the class"),
        (None, ("mouse",), {}, "gives no image of class mouse: no picture is found in its subfolder"),
        (None, (), {"classes": ["dog"]}, "class dog, 3 images are of one class only, dog"),
    ],
)
def test_a_folders_class_without_images_is_refused(folder, listed, broken, options, says):
    for name in broken:
        (folder / name).mkdir(exist_ok=True)
        for path in (folder / name).iterdir():
            path.write_bytes(b"x")
    if listed:
        labels = {f"{name}/{number}.png": place for place, name in enumerate(VALUES) for number in range(3)}
        (folder / "dataset.json").write_text(json.dumps({"labels": labels, "classes": [*VALUES, *listed]}))
    with pytest.raises(UsageError, match=says):
        labelled(read(folder, **options))


def test_pictures_without_a_class_are_refused(folder):
    Image.new("RGB", (9, 9)).save(folder / "stray.png")
    with refused("--data-dir", says="1 of images in animals, 10 images lie beside the subfolders, .*: stray.png;"):
        labelled(read(folder))
    assert_right(labelled(read(folder, classes=["cat", "dog"])))
    (folder / "dataset.json").write_text(json.dumps({"labels": [["cat/0.png", 1], ["stray.png", 0]]}))
    with refused("--data-dir", says="leaves out 8 of .*: cat/1.png, .* and 3 more; add them"):
        labelled(read(folder))
    (folder / "dataset.json").write_text('{"labels": null}')
    with refused("--data-dir", says=r"\(dataset.json has null for them\)"):
        labelled(read(folder))


def test_a_class_of_dataset_json_that_was_never_named_is_no_class(folder):
    labels = [[f"{name}/{number}.png", value] for name, value in VALUES.items() for number in range(3)]
    (folder / "dataset.json").write_text(json.dumps({"labels": labels}))
    data = labelled(read(folder))
    assert data.classes == ("10", "100", "200") and data.labels.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
