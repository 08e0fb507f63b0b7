from pathlib import Path

import mindspore as ms
import numpy as np
import pytest
from inputs import values
from mindspore import nn

from ms_gan.training.adversarial.augment import Augmentation, drawing

GOLDEN = np.load(Path(__file__).parents[2] / "golden" / "diffaugment.npz")
SHAPES = {"rgb": (3, 10, 13), "grey": (1, 8, 9)}
PAPER = ["color", "translation", "cutout"]


class Cubes(nn.Cell):
    """Changed images, and the gradient of the sum of their cubes for the images."""

    def __init__(self, augment):
        super().__init__()
        self.augment = augment
        self.gradient = ms.grad(self.loss, 0, has_aux=True)

    def loss(self, images, draws):
        changed = self.augment(images, draws)
        return (changed * changed * changed).sum(), changed

    def construct(self, images, draws):
        return self.gradient(images, draws)


@pytest.mark.parametrize("name", SHAPES)
def test_images_and_gradients_are_those_of_the_paper_s_code(mode, name):
    augment = Augmentation(PAPER, SHAPES[name])
    draws = GOLDEN[f"{name}.draws"]
    assert draws.shape == (6, augment.width)
    gradient, (changed,) = Cubes(augment)(ms.Tensor(values(name, (6, *SHAPES[name]))), ms.Tensor(draws))
    np.testing.assert_allclose(changed.asnumpy(), GOLDEN[f"{name}.images"], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(gradient.asnumpy(), GOLDEN[f"{name}.gradient"], rtol=1e-4, atol=1e-4)


def test_changes_can_be_chosen(device):
    images = values("rgb", (2, 3, 8, 8))
    draws = np.float32([[0.0, 0.0], [0.5, 0.999]])
    shifted = Augmentation(["translation"], (3, 8, 8))(ms.Tensor(images), ms.Tensor(draws)).asnumpy()
    expected = np.zeros_like(images)
    expected[0, :, 1:, 1:] = images[0, :, :-1, :-1]  # a draw of 0 is a shift by an eighth down, and to the right
    expected[1, :, :, :-1] = images[1, :, :, 1:]
    assert np.array_equal(shifted, expected)
    assert Augmentation([], (3, 8, 8)).width == 0
    with pytest.raises(ValueError, match="rotation.*color, translation, cutout, blit"):
        Augmentation(["color", "rotation"], (3, 8, 8))


def test_with_a_probability_some_images_are_changed_as_without_one(device):
    images, random = values("rgb", (40, 3, 8, 8)), np.random.default_rng(0)
    numbers = drawing(PAPER, (3, 8, 8), True)(random, 40)
    some = Augmentation(PAPER, (3, 8, 8), 0.4)
    assert numbers.shape == (40, some.width) == (40, 20)
    found = some(ms.Tensor(images), ms.Tensor(numbers)).asnumpy()
    own, made = numbers[:, [0, 1, 2, 4, 5, 7, 8]], numbers[:, [13, 16, 19]] < 0.4
    expected = ms.Tensor(images)
    for i, (name, columns) in enumerate(zip(PAPER, (slice(0, 3), slice(3, 5), slice(5, 7)))):
        changed = Augmentation([name], (3, 8, 8))(expected, ms.Tensor(own[:, columns]))
        expected = ms.Tensor(np.where(made[:, i, None, None, None], changed.asnumpy(), expected.asnumpy()))
    assert 8 < made[:, 0].sum() < 24
    assert np.array_equal(found, expected.asnumpy())
