from pathlib import Path

import mindspore as ms
import numpy as np
import pytest
from inputs import values
from mindspore import nn

from ms_gan.training.adversarial.augment import DiffAugment

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
    augment = DiffAugment(PAPER, SHAPES[name])
    draws = GOLDEN[f"{name}.draws"]
    assert draws.shape == (6, augment.draws)
    gradient, (changed,) = Cubes(augment)(ms.Tensor(values(name, (6, *SHAPES[name]))), ms.Tensor(draws))
    np.testing.assert_allclose(changed.asnumpy(), GOLDEN[f"{name}.images"], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(gradient.asnumpy(), GOLDEN[f"{name}.gradient"], rtol=1e-4, atol=1e-4)


def test_changes_can_be_chosen(device):
    images = values("rgb", (2, 3, 8, 8))
    draws = np.float32([[0.0, 0.0], [0.5, 0.999]])
    shifted = DiffAugment(["translation"], (3, 8, 8))(ms.Tensor(images), ms.Tensor(draws)).asnumpy()
    expected = np.zeros_like(images)
    expected[0, :, 1:, 1:] = images[0, :, :-1, :-1]  # a draw of 0 is a shift by an eighth down, and to the right
    expected[1, :, :, :-1] = images[1, :, :, 1:]
    assert np.array_equal(shifted, expected)
    assert DiffAugment([], (3, 8, 8)).draws == 0
    with pytest.raises(ValueError, match="rotation.*color, translation, cutout"):
        DiffAugment(["color", "rotation"], (3, 8, 8))
