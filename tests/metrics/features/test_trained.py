import json

import numpy as np
import pytest
from PIL import Image

from ms_gan.config.data_section import DataConfig
from ms_gan.data import load
from ms_gan.data.labels import labelled
from ms_gan.metrics.features import ClassifierRecipe, open_features, trained
from ms_gan.metrics.features.cache import CARD
from ms_gan.metrics.features.classifier import Classifier
from ms_gan.models.initialisers import initialise

pytestmark = pytest.mark.usefixtures("device")
DIGITS = DataConfig(source="synthetic", limit=60)


@pytest.fixture(autouse=True)
def fits(tmp_path, monkeypatch):
    """An empty cache, and a list of the trainings: random weights that take no time."""
    done = []

    def fit(data, recipe):
        done.append((data.name, recipe))
        network = Classifier(data.images.shape[1:], len(data.classes))
        initialise(network, "glorot_uniform", np.random.default_rng(recipe.seed))
        return network.set_train(False)

    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(trained, "fit", fit)
    monkeypatch.setattr("ms_gan.data.held_out.DRAWN", 30)
    return done


def opened(config=DIGITS, **options):
    return open_features(config, load(config, 0), **options)


def kept(tmp_path):
    return sorted((tmp_path / "cache" / "features").iterdir())


def test_a_classifier_is_trained_once(fits, tmp_path):
    first, second = opened(), open_features(DIGITS, lambda: load(DIGITS, 0))
    assert len(fits) == 1 and kept(tmp_path) == [tmp_path / "cache" / "features" / first.name]
    assert first.name == second.name and first.name.startswith("synthetic-classifier-")
    assert first.classes == list("0123456789") and first.width == 128
    assert first.accuracy == second.accuracy is not None
    assert "10 classes" in first.description and "60 images" in first.description and "1x28x28" in first.description
    images = load(DIGITS, 1).images
    (values, probabilities), again = first(images), second(images)
    assert np.array_equal(values, again[0]) and np.array_equal(probabilities, again[1])
    assert values.shape == (60, 128) and np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert values.std() > 0.01


def test_a_folder_whose_labels_were_looked_up_has_a_classifier_of_the_chosen_classes(fits, tmp_path):
    for name, value in (("cat", 0), ("dog", 100), ("frog", 200)):
        (tmp_path / "animals" / name).mkdir(parents=True)
        for number in range(3):
            Image.new("RGB", (9, 9), (value, number, 0)).save(tmp_path / "animals" / name / f"{number}.png")
    config = DataConfig(source="folder", dir=str(tmp_path / "animals"), image_size=16, classes=["cat", "frog"])
    assert opened(config).classes is None and not fits, "features of a run that did not ask for labels"
    features = open_features(config, labelled(load(config, 0)))
    assert features.classes == ["cat", "frog"] and fits[0][0] == "images in animals, classes cat and frog, 6 images"


def test_all_that_the_features_depend_on_is_in_the_name(fits, monkeypatch):
    monkeypatch.setattr(trained, "load_held_out", lambda *_: None)
    names = {
        opened().name,
        opened(recipe=ClassifierRecipe(epochs=1)).name,
        opened(DataConfig(source="synthetic", limit=61)).name,
        open_features(DIGITS, load(DIGITS, 1)).name,
    }
    assert len(names) == len(fits) == 4


def test_the_margin_of_padded_images_is_not_looked_at(fits):
    wide = DataConfig(source="synthetic", limit=60, image_size=33)
    features, images = opened(wide), load(wide, 0).images
    assert features.name == opened().name and len(fits) == 1
    assert "1x33x33), the 1x28x28 within the margin" in features.description
    assert np.array_equal(features(images)[0], opened()(load(DIGITS, 0).images)[0])


def test_a_run_of_some_classes_has_the_classifier_of_all(fits, monkeypatch):
    monkeypatch.setattr(trained, "load_held_out", lambda *_: None)
    some = opened(DataConfig(source="synthetic", limit=60, classes=[3]))
    assert some.name == opened().name and len(fits) == 1 and len(some.classes) == 10
    assert some.accuracy is None


def test_the_card_says_what_it_is(tmp_path):
    features = opened()
    card = json.loads((kept(tmp_path)[0] / CARD).read_text())
    assert card["name"] == features.name and card["accuracy"] == features.accuracy
    assert (
        card["image_shape"] == [1, 28, 28]
        and card["recipe"]["lr"] == ClassifierRecipe().lr
        and len(card["sha256"]) == 64
    )


def test_images_without_labels_get_random_features(fits):
    data = load(DIGITS, 0)
    features = open_features(DataConfig(source="folder"), type(data)(data.images, None, "pictures", "a folder"))
    assert features.name.startswith("random-convolutions-") and features.accuracy is None and not fits
