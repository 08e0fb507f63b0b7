import json

import numpy as np
import pytest

from ms_gan.config.data_section import DataConfig
from ms_gan.data import load
from ms_gan.metrics.features import ClassifierRecipe, open_features, shipped, trained
from ms_gan.metrics.features.cache import read
from ms_gan.metrics.features.fit import RECIPE, fit

DIGITS = DataConfig(source="synthetic", limit=60)
SHORT = ClassifierRecipe(epochs=0, least_steps=2, batch_size=8)


@pytest.fixture
def made(device, tmp_path, monkeypatch):
    """The features of a classifier of drawn digits, made as if it came with the package."""
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("ms_gan.data.held_out.DRAWN", 30)
    monkeypatch.setattr(shipped, "PLACE", tmp_path / "package")
    return trained.train_anew(DIGITS, load(DIGITS, 0), 0, SHORT, tmp_path / "package" / "synthetic")


def test_nothing_is_trained_where_the_package_has_the_classifier(made, tmp_path, monkeypatch):
    monkeypatch.setattr(trained, "fit", lambda *_: pytest.fail("trained"))
    images = load(DIGITS, 0)
    features = open_features(DIGITS, images, recipe=SHORT)
    assert (features.name, features.accuracy, features.kept_in) == (made.name, made.accuracy, made.kept_in)
    assert np.array_equal(features(images.images)[0], made(images.images)[0])
    assert not (tmp_path / "cache").exists()


def test_other_images_or_another_recipe_have_a_classifier_of_their_own(made, monkeypatch):
    done = []
    monkeypatch.setattr(trained, "fit", lambda data, recipe: done.append(data.name) or fit(data, SHORT))
    fewer = DataConfig(source="synthetic", limit=59)
    assert open_features(fewer, load(fewer, 0), recipe=SHORT).name != made.name
    assert open_features(DIGITS, load(DIGITS, 0), recipe=ClassifierRecipe(seed=1)).name != made.name
    assert len(done) == 2


def test_a_damaged_file_of_the_package_is_not_taken(made, tmp_path, monkeypatch):
    weights = tmp_path / "package" / "synthetic" / "weights.npz"
    weights.write_bytes(weights.read_bytes()[:-9])
    monkeypatch.setattr(trained, "fit", lambda data, recipe: fit(data, SHORT))
    assert "cache" in open_features(DIGITS, load(DIGITS, 0), recipe=SHORT).kept_in


@pytest.mark.parametrize("source, accuracy", [("mnist", 0.994), ("fashion_mnist", 0.91)])
def test_what_comes_with_the_package(source, accuracy):
    weights, card = read(shipped.PLACE / source)
    assert {array.dtype for array in weights.values()} == {np.dtype(np.float16)}
    assert all(np.isfinite(array).all() for array in weights.values())
    assert card["accuracy"] > accuracy and len(card["classes"]) == 10 and card["image_shape"] == [1, 28, 28]
    assert card["recipe"] == json.loads(json.dumps(vars(RECIPE)))
    assert sum(path.stat().st_size for path in (shipped.PLACE / source).iterdir()) < 1_100_000
    assert shipped.covers(DataConfig(source=source)) and not shipped.covers(DataConfig(source=source, limit=100))
