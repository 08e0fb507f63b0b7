"""Classifiers with a card; none is trained here for more than a moment."""

import mindspore as ms
import numpy as np
import pytest

from ms_gan.classifiers import open_classifier
from ms_gan.config.data_section import DataConfig
from ms_gan.data import load
from ms_gan.errors import UsageError
from ms_gan.metrics.features import ClassifierRecipe
from ms_gan.pictures.pixels import to_float

pytestmark = pytest.mark.usefixtures("device")
DIGITS = DataConfig(source="synthetic", limit=40)
SHORT = ClassifierRecipe(epochs=1, least_steps=30, batch_size=20, lr=1e-3)


@pytest.fixture(scope="module")
def opened(device, tmp_path_factory):
    """A dense classifier, trained twice over, or found the second time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MS_GAN_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setattr("ms_gan.data.held_out.DRAWN", 30)
        data = load(DIGITS, 0)
        first = open_classifier("dense", DIGITS, data, recipe=SHORT)
        patch.setattr("ms_gan.classifiers.opened.fit", None)
        yield data, first, open_classifier("dense", DIGITS, data, recipe=SHORT)


def test_one_is_trained_once_and_its_card_tells_what_it_is(opened):
    data, first, again = opened
    card = first.card()
    assert card == again.card() and card["classes"] == list("0123456789") and card["shape"] == [1, 28, 28]
    assert card["family"] == "dense" and 0 <= card["accuracy"] <= 1 and "40 images" in card["trained_on"]
    assert np.array_equal(first.verdicts(data.images), again.verdicts(to_float(data.images)))
    assert (first.verdicts(data.images) == data.labels).mean() > 0.5, "it learnt nothing"


def test_of_padded_pictures_the_middle_is_looked_at(opened):
    data, first, _ = opened
    wide = np.pad(to_float(data.images), ((0, 0), (0, 0), (2, 2), (2, 2)), constant_values=0.7)
    assert np.array_equal(first.scores(wide), first.scores(to_float(data.images)))


def test_training_something_else_leaves_it_in_evaluation_mode(opened):
    _, first, _ = opened
    first.logits.set_train(True)
    assert not any(cell.training for _, cell in first.logits.cells_and_names())
    assert not any(parameter.requires_grad for parameter in first.logits.get_parameters())


def test_it_has_gradients(opened):
    data, first, _ = opened
    images = ms.Tensor(to_float(data.images[:4]))

    def loss(given):
        return first.logits(given).sum()

    slope = ms.grad(loss)(images).asnumpy()
    assert slope.shape == (4, 1, 28, 28) and np.abs(slope).max() > 0


def test_an_unknown_family_is_refused():
    with pytest.raises(UsageError, match="wide is not known; allowed: features, plain, dense"):
        open_classifier("wide", DIGITS, None)
