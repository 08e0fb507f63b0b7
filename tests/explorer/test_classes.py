"""The explorer of a conditional generator: what its questions say of classes, and what images they get."""

import io

import numpy as np
import pytest
from PIL import Image

from ms_gan.explorer import classes
from ms_gan.export import export_onnx
from ms_gan.generators.latents import sample_latents
from ms_gan.generators.sampling import open_generator
from ms_gan.pictures.pixels import to_uint8
from tests.explorer.test_server import TOKEN, ask, client_of, shown
from tests.export.generators import CLASSES, small_generator

pytest.importorskip("flask")
MIXED = np.array([[0.25, 0.75, 0]], np.float32)


@pytest.fixture(scope="module")
def sampler(device):
    return small_generator("mlp_classes")


@pytest.fixture(scope="module")
def client(sampler):
    return client_of(sampler)


def labelled(client, path, question):
    """Own classes and images (N, C, H, W) of an answer."""
    return ask(client, path, question).get_json()["labels"], shown(client, path, question)[1]


def drawn(sampler, count=4):
    return sample_latents(3, 0, count, sampler.card.latent)


def test_samples_have_their_own_classes_or_the_one_that_is_asked_for(client, sampler):
    assert client.get(f"/{TOKEN}/about").get_json()["classes"] == list(CLASSES)
    question = {"seed": 3, "start": 0, "count": 9}
    own, images = labelled(client, "samples", question)
    assert own == sampler.labels(3, 0, 9).tolist() and len(set(own)) > 1
    assert np.array_equal(images, sampler.samples(3, 9))
    again, images = labelled(client, "samples", {**question, "label": 1})
    assert again == own
    assert np.array_equal(images, to_uint8(sampler.of_classes(drawn(sampler, 9), [1])))


def test_images_are_of_the_class_of_each_latent(client, sampler):
    latents = drawn(sampler)
    labels, images = labelled(client, "images", {"latents": latents.tolist(), "labels": [0, 1, 2, 0]})
    expected = to_uint8(sampler.generate(latents, np.array([0, 1, 2, 0])))
    assert labels == [0, 1, 2, 0] and np.array_equal(images, expected)
    latents = latents[1:2].tolist()
    labels, moved = labelled(client, "shifted", {"latents": latents, "labels": [1], "shifts": []})
    assert labels == [1] and np.abs(moved[0].astype(int) - expected[1]).max() <= 1
    picture = ask(client, "picture", {"latents": latents, "labels": [0], "label": 1, "columns": 1})
    with Image.open(io.BytesIO(picture.data)) as enlarged:
        assert np.array_equal(np.asarray(enlarged)[4::9, 4::9], moved[0, 0])


def test_classes_are_mixed_between_corners(client, sampler):
    corners = drawn(sampler)
    question = {"corners": corners.tolist(), "points": [[0, 0], [0.75, 0], [1, 1]]}
    labels, images = labelled(client, "mixed", {**question, "labels": [0, 1, 2, 2]})
    assert np.allclose(labels, [[1, 0, 0], [0.25, 0.75, 0], [0, 0, 1]])
    latents, _ = shown(client, "mixed", {**question, "labels": [0, 1, 2, 2]})
    assert np.array_equal(images[1], to_uint8(sampler.generate(latents, MIXED.repeat(3, 0)))[1])
    assert labelled(client, "mixed", {**question, "labels": [2] * 4})[0] == [2] * 3


def test_a_walk_goes_from_class_to_class(client, sampler):
    latents = drawn(sampler, 2)
    question = {"latents": latents.tolist(), "labels": [0, 1], "kind": "WEBP", "steps": 2, "milliseconds": 60}
    expected = to_uint8(sampler.generate(latents, np.array([0, 1])))
    with Image.open(io.BytesIO(ask(client, "walk", question).data)) as film:
        for i in range(2):
            film.seek(2 * i)
            assert np.abs(np.asarray(film.convert("L"))[4::9, 4::9].astype(int) - expected[i, 0]).max() <= 1
    assert classes.along_walk(np.array([0, 1]), 2, 3).tolist() == [[1, 0, 0], [0.5, 0.5, 0], [0, 1, 0], [0.5, 0.5, 0]]
    assert classes.along_walk(np.array([1, 1]), 2, 3).tolist() == [1] * 4


def test_an_exported_graph_makes_the_nearest_class(sampler, tmp_path):
    pytest.importorskip("onnxruntime")
    export_onnx(sampler, tmp_path / "g.onnx")
    exported, latents = client_of(open_generator(tmp_path / "g.onnx")), drawn(sampler, 2)
    labels, images = labelled(exported, "images", {"latents": latents.tolist(), "labels": [*MIXED.tolist(), 2]})
    assert labels == [1, 2]
    assert np.abs(images.astype(int) - to_uint8(sampler.generate(latents, np.array(labels)))).max() <= 1


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"label": 3, "labels": [0]}, "label: 3 is not allowed; allowed: a whole number, 0 to 2"),
        ({"label": None, "labels": [0]}, "label: None"),
        ({"labels": [-1]}, "labels: -1"),
        ({"labels": [0, 0]}, "labels: 2 are not allowed"),
        ({}, "labels: is missing"),
    ],
)
def test_wrong_classes_get_one_sentence(client, wrong, message):
    question = {"latents": [[0.0] * 8], **wrong}
    assert message in ask(client, "images", question, code=400).get_json()["error"]


def test_a_generator_without_labels_answers_as_before(trained):
    client = client_of(open_generator(trained))
    assert "classes" not in client.get(f"/{TOKEN}/about").get_json()
    answer = ask(client, "samples", {"seed": 3, "start": 0, "count": 2, "label": 7}).get_json()
    assert set(answer) == {"latents", "images"}
