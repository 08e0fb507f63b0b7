import mindspore as ms
import numpy as np
import pytest

from ms_gan.config.data_section import DataConfig
from ms_gan.data import load
from ms_gan.metrics.features.classifier import WIDTH, Classifier
from ms_gan.metrics.features.fit import ClassifierRecipe, fit, one_cycle, shifted
from ms_gan.pictures.pixels import to_float

pytestmark = pytest.mark.usefixtures("device")
TINY = ClassifierRecipe(epochs=0, least_steps=25, batch_size=32)


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 16, 16), (3, 40, 25)])
def test_the_network_takes_any_shape(shape):
    images = np.random.default_rng(0).uniform(-1, 1, (3, *shape)).astype(np.float32)
    features, logits = Classifier(shape, 7).set_train(False)(ms.Tensor(images))
    assert features.shape == (3, WIDTH) and logits.shape == (3, 7)


def test_training_learns_and_gives_the_same_weights_again():
    digits = load(DataConfig(source="synthetic", limit=400), seed=0)
    first, second = fit(digits, TINY), fit(digits, TINY)
    parameters = list(zip(first.get_parameters(), second.get_parameters()))
    assert len(parameters) > 20
    for one, other in parameters:
        assert np.array_equal(one.asnumpy(), other.asnumpy()), one.name

    others = load(DataConfig(source="synthetic", limit=400), seed=1)
    _, logits = first(ms.Tensor(to_float(others.images)))
    assert (logits.asnumpy().argmax(axis=1) == others.labels).mean() > 0.6  # by chance: 0.1


def test_the_learning_rate_goes_up_and_down():
    rates = one_cycle(ClassifierRecipe(lr=0.1, warm_up=0.2), 100)
    assert len(rates) == 100 and rates[0] == pytest.approx(0.005) and rates[-1] == pytest.approx(0, abs=1e-12)
    assert max(rates) == pytest.approx(0.1) and np.argmax(rates) == 19
    assert np.all(np.diff(rates[:20]) > 0) and np.all(np.diff(rates[20:]) < 0)


def test_shifts_move_the_image_and_repeat_its_border():
    images = np.random.default_rng(0).integers(0, 256, (200, 2, 5, 6), np.uint8)
    assert np.array_equal(shifted(images, 0, np.random.default_rng(0)), images)
    moved = shifted(images, 1, np.random.default_rng(0))
    assert moved.shape == images.shape and moved.dtype == np.uint8
    seen = set()
    for before, after in zip(images, moved):
        for rows in (-1, 0, 1):
            for columns in (-1, 0, 1):
                y, x = np.clip(np.arange(5) + rows, 0, 4), np.clip(np.arange(6) + columns, 0, 5)
                if np.array_equal(before[:, y][:, :, x], after):
                    seen.add((rows, columns))
                    break
            else:
                continue
            break
        else:
            pytest.fail("no shift by up to a pixel")
    assert len(seen) == 9
