import json
import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from ms_gan.data.folder import files_of, find_pictures
from ms_gan.data.sorting import in_counting_order, read_list, sort_pictures
from ms_gan.errors import UsageError
from tests.refusals import refused

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
LISTS = st.fixed_dictionaries({"labels": JSON | st.lists(st.tuples(st.text(max_size=3), JSON), max_size=3)})


def make(root, *names):
    """One-coloured pictures at these paths below a folder."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (9, 9)).save(root / name)
    return root


def classes_of(root, given=None, lost=()):
    """The class of each picture by its path, and all classes."""
    files = files_of(given or root, root, find_pictures(root))._replace(lost=lost)
    sorting = sort_pictures(files)
    named = [sorting.classes[label] if label >= 0 else None for label in sorting.labels]
    return dict(zip(files.names, named)), sorting.classes


def listed(root, labels, **more):
    (root / "dataset.json").write_text(json.dumps({"labels": labels, **more}))


def test_the_subfolders_just_below_are_the_classes_in_counting_order(tmp_path):
    make(tmp_path, "10/a.png", "2/deep/er/b.png", "B/c.png", "a/d.png", "root.png")
    (tmp_path / "empty").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for run in ("config.yaml", "checkpoints", "samples"):
        (tmp_path / "run" / run).mkdir(parents=True)
    for left_out in (".hidden", "__MACOSX"):
        (tmp_path / left_out).mkdir()
    found, classes = classes_of(tmp_path)
    assert classes == ("2", "10", "a", "B", "empty")
    assert found == {"10/a.png": "10", "2/deep/er/b.png": "2", "B/c.png": "B", "a/d.png": "a", "root.png": None}


def test_a_flat_folder_has_no_classes(tmp_path):
    (make(tmp_path, "a.png") / "empty").mkdir()
    assert classes_of(tmp_path) == ({"a.png": None}, ())


@pytest.mark.parametrize(
    "names, listed_in, classes",
    [
        (["all/cat/a.png", "all/dog/b.png"], None, ("cat", "dog")),
        (["all/more/cat/a.png", "all/more/dog/b.png"], None, ("cat", "dog")),
        (["cat/a.png", "dog/b.png"], None, ("cat", "dog")),
        (["cat/a.png", "cat/b.png"], None, ("cat",)),
        (["all/cat/a.png", "all/b.png"], None, ("all",)),
        (["all/a.png"], "all", ("red",)),
        (["a.png"], "", ("red",)),
    ],
)
def test_the_one_folder_that_holds_all_of_a_zip_file_is_no_class(tmp_path, names, listed_in, classes):
    make(tmp_path, *names)
    if listed_in is not None:
        listed(tmp_path / listed_in, [["a.png", 0]], classes=["red"])
    assert classes_of(tmp_path, given=tmp_path / "photos.zip")[1] == classes


def test_dataset_json_goes_before_subfolders(tmp_path):
    make(tmp_path, "00000/a.png", "00000/b.png", "00001/c.png")
    listed(tmp_path, [["00000/a.png", 2], ["00000/b.png", 0], ["00001/c.png", 2]])
    found, classes = classes_of(tmp_path)
    assert found == {"00000/a.png": "2", "00000/b.png": "0", "00001/c.png": "2"} and classes == ("0", "1", "2")
    listed(tmp_path, {"00000/a.png": 1, "./00000/b.png": 0, "00001\\c.png": 1}, classes=["cat", "dog"])
    assert classes_of(tmp_path)[0] == {"00000/a.png": "dog", "00000/b.png": "cat", "00001/c.png": "dog"}
    listed(tmp_path, None)
    assert classes_of(tmp_path)[1] == ()


def test_what_dataset_json_names_must_be_there_unless_it_cannot_be_read(tmp_path):
    make(tmp_path, "a.png")
    listed(tmp_path, [["a.png", 0], ["gone.png", 1], ["locked/b.png", 1]])
    with refused(code="missing", says="2 of its 3 pictures that are not there: gone.png, locked/b.png;"):
        classes_of(tmp_path)
    assert classes_of(tmp_path, lost=("gone.png", "locked/"))[1] == ("0", "1")


@pytest.mark.parametrize(
    "text, says",
    [
        ("{", "it is no JSON"),
        ("[" * 100_000, "it is no JSON"),
        ('{"labels": "\xff"}'.encode("latin-1"), "it is no JSON"),
        ("[]", 'has no "labels"'),
        ("{}", 'has no "labels"'),
        ('{"labels": 3}', "no list of pairs"),
        ('{"labels": []}', "labels no picture"),
        ('{"labels": [["a.png", 0], ["b.png"]]}', 'entry 1 of "labels" is no pair'),
        ('{"labels": [["a.png", 0], ["./a.png", 1]]}', "names a.png twice"),
        ('{"labels": [["a.png", 1.5]]}', "a.png has the label 1.5; a label is a whole number, 0 to 99,999"),
        ('{"labels": [["a.png", true]]}', "a.png has the label True"),
        ('{"labels": [["a.png", [0, 1]]]}', "a.png has the label that is no number"),
        ('{"labels": [["a.png", -1]]}', "a.png has the label -1"),
        ('{"labels": [["a.png", 2]], "classes": ["cat", "dog"]}', "the label 2; a label is a whole number, 0 to 1;"),
        ('{"labels": [["a.png", 100000]]}', "the label 100000;"),
        ('{"labels": null, "classes": [3]}', "no list of names"),
        ('{"labels": null, "classes": ["cat", "dog", "cat"]}', "names cat twice"),
    ],
)
def test_a_broken_dataset_json_says_what_is_wrong(tmp_path, text, says):
    path = tmp_path / "dataset.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with refused(code="malformed") as caught:
        read_list(path)
    assert says in str(caught.value) and str(caught.value).startswith(f"{path}: ")


@settings(max_examples=200, deadline=None)
@given(content=JSON | LISTS)
def test_whatever_json_holds_gives_labels_or_one_sentence(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "dataset.json"
    path.write_text(json.dumps(content))
    try:
        labels, classes = read_list(path)
    except UsageError as error:
        assert len(str(error).splitlines()) == 1
        return
    assert labels is None or all(type(label) is int and label >= 0 for label in labels.values())
    assert all(isinstance(name, str) for name in classes)


@given(st.lists(st.text(max_size=5)))
def test_any_names_can_be_sorted(names):
    assert sorted(in_counting_order(names)) == sorted(names)


def test_numbers_within_names_are_counted():
    assert in_counting_order(["x10y2", "x9", "X2", "x10y10", "3"]) == ["3", "X2", "x9", "x10y2", "x10y10"]


def test_a_link_is_a_class_too(tmp_path):
    make(tmp_path / "elsewhere", "a.png")
    (make(tmp_path / "root", "cat/b.png") / "dog").symlink_to(tmp_path / "elsewhere")
    assert classes_of(tmp_path / "root")[0] == {"cat/b.png": "cat", "dog/a.png": "dog"}


def test_labels_are_in_the_order_of_the_names(tmp_path):
    make(tmp_path, "b/1.png", "a/2.png", "b/0.png")
    shutil.rmtree(make(tmp_path, "c/3.png") / "c")
    files = files_of(tmp_path, tmp_path, find_pictures(tmp_path))
    assert files.names == ("a/2.png", "b/0.png", "b/1.png")
    np.testing.assert_array_equal(sort_pictures(files).labels, [0, 1, 1])
