from itertools import product

import mindspore as ms
import numpy as np
import pytest
from inputs import values
from mindspore import nn

from ms_gan.training.adversarial.augment import Augmentation, drawing
from ms_gan.training.adversarial.transforms import Blit, Geometry, Tint

ALL = ["blit", "geometry", "tint"]
SHAPES = {"square": (3, 8, 8), "grey": (1, 8, 9)}


def changed(change, images, numbers):
    return change(ms.Tensor(images), ms.Tensor(np.float32(numbers))).asnumpy()


@pytest.mark.parametrize("name", SHAPES)
def test_with_probability_0_images_stay_the_same_bits(device, name):
    shape = SHAPES[name]
    numbers = drawing(ALL, shape, True)(np.random.default_rng(0), 5)
    augment = Augmentation(ALL, shape, 0.0)
    assert numbers.shape == (5, augment.width)
    images = values(name, (5, *shape))
    assert np.array_equal(changed(augment, images, numbers), images)


def shifted(image, right, down):
    """An image (C, H, W) shifted by whole pixels; beyond its border it is reflected."""
    height, width = image.shape[1:]
    padded = np.pad(image, [(0, 0), (height - 1, height - 1), (width - 1, width - 1)], mode="reflect")
    return padded[:, height - 1 - down : 2 * height - 1 - down, width - 1 - right : 2 * width - 1 - right]


@pytest.mark.parametrize("shape, turns", [((3, 8, 8), range(4)), ((1, 6, 9), (0, 2))])
def test_mirroring_quarter_turns_and_shifts_are_exact(device, shape, turns):
    cases = list(product((0, 1), turns, (-1, 0, 1), (0, 1)))
    images = values("blit", (len(cases), *shape))
    found = changed(Blit(shape), images, cases)
    for image, result, (mirrored, turn, right, down) in zip(images, found, cases):
        expected = np.rot90(image[:, :, ::-1] if mirrored else image, turn, (1, 2))
        assert np.array_equal(result, shifted(expected, right, down)), (mirrored, turn, right, down)


def mapped(image, scale, stretch, before, after, right, down):
    """The map of Geometry, pixel by pixel, in float64."""

    def rotation(angle):
        return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])

    height, width = image.shape[1:]
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    inverse = 2.0**scale * rotation(before) @ np.diag([2.0**stretch, 2.0**-stretch]) @ rotation(after)
    big = np.pad(image.astype(np.float64), [(0, 0), (40, 40), (40, 40)], mode="reflect")
    result = np.empty(image.shape)
    for row, column in product(range(height), range(width)):
        x, y = inverse @ (np.array([column - right, row - down]) - middle) + middle + 40
        i, j = int(np.floor(y)), int(np.floor(x))
        a, b = y - i, x - j
        result[:, row, column] = (1 - a) * ((1 - b) * big[:, i, j] + b * big[:, i, j + 1]) + a * (
            (1 - b) * big[:, i + 1, j] + b * big[:, i + 1, j + 1]
        )
    return result


@pytest.mark.parametrize("shape", [(3, 8, 8), (1, 6, 9)])
def test_geometry_is_its_map_sampled_bilinearly(device, shape):
    cases = [
        (0, 0, 0, 0, 2, -1), (0, 0, 0, np.pi, 0, 0), (0.3, 0, 0, 0, 0, 0), (0, -0.4, 0, 0, 0, 0),
        (0, 0, 0.5, 0, 0, 0), (0, 0, 0, -2, 0, 0), (0, 0, 0, 0, 0.3, 1.6), (-0.3, 0.2, 2.5, -1.2, 1.7, -2.2),
    ]  # fmt: skip
    images = values("geometry", (len(cases), *shape))
    found = changed(Geometry(shape), images, cases)
    for image, result, case in zip(images, found, cases):
        np.testing.assert_allclose(result, mapped(image, *case), atol=1e-4, err_msg=str(case))
    assert np.array_equal(found[0], shifted(images[0], 2, -1))


def tinted(image, brightness, contrast, flipped, hue, saturation):
    """The changes of colours one after another: appendix B of the paper."""
    colours = len(image)
    axis = np.full(colours, colours**-0.5)
    grey = np.outer(axis, axis)
    pixels = 2.0**contrast * (image.reshape(colours, -1) + brightness)
    pixels = pixels - 2 * flipped * grey @ pixels
    if colours == 3:
        cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
        rotation = np.eye(3) + np.sin(hue) * cross + (1 - np.cos(hue)) * cross @ cross  # Rodrigues
        pixels = rotation @ pixels
    return (grey @ pixels + 2.0**saturation * (pixels - grey @ pixels)).reshape(image.shape)


@pytest.mark.parametrize("colours", [1, 2, 3])
def test_tint_is_the_product_of_its_changes(device, colours):
    cases = [
        (0.3, 0, 0, 0, 0), (0, -0.7, 0, 0, 0), (0, 0, 1, 0, 0), (0, 0, 0, 2, 0), (0, 0, 0, 0, 1.3),
        (-0.2, 0.4, 1, -1, -0.8),
    ]  # fmt: skip
    images = values("tint", (len(cases), colours, 3, 4))
    found = changed(Tint(images.shape[1:]), images, cases)
    for image, result, case in zip(images, found, cases):
        np.testing.assert_allclose(result, tinted(image, *case), atol=1e-5, err_msg=str(case))


def test_values_have_the_paper_s_ranges_and_count_with_their_probabilities():
    numbers = drawing(ALL, (3, 64, 32), True)(np.random.default_rng(0), 40000)
    drawn, chances = np.split(numbers, 2, axis=1)
    share = (chances < 0.36).mean(axis=0)
    np.testing.assert_allclose(np.delete(share, [6, 7]), 0.36, atol=0.01)
    np.testing.assert_allclose(share[[6, 7]], 0.2, atol=0.01)  # 1 - sqrt(1 - 0.36)
    assert chances.max() < 1
    assert [set(np.unique(drawn[:, i])) for i in (0, 1, 12)] == [{0, 1}, {0, 2}, {0, 1}]
    assert set(np.unique(drawn[:, 2])) == set(range(-4, 5)) and set(np.unique(drawn[:, 3])) == set(range(-8, 9))
    sizes = drawn[:, [4, 5, 8, 9, 10, 11, 14]].std(axis=0)
    np.testing.assert_allclose(sizes, [0.2, 0.2, 4, 8, 0.2, 0.5, 1], rtol=0.02)
    for column in (6, 7, 13):
        assert abs(drawn[:, column]).max() <= np.pi and abs(drawn[:, column].std() - np.pi / 3**0.5) < 0.03
    square = drawing(["blit"], (3, 8, 8), False)(np.random.default_rng(0), 100)
    assert square.shape == (100, 4) and set(square[:, 1]) == {0, 1, 2, 3}


class Slopes(nn.Cell):
    """The slope of a sum of cubes of changed images, and the slope of that slope's squared norm."""

    def __init__(self, augment):
        super().__init__()
        self.augment = augment
        self.slope, self.second = ms.grad(self.cubes, 0), ms.grad(self.squared_norm, 0)

    def cubes(self, images, numbers):
        changed = self.augment(images, numbers)
        return (changed * changed * changed).sum()

    def squared_norm(self, images, numbers):
        slope = self.slope(images, numbers)
        return (slope * slope).sum()

    def construct(self, images, numbers):
        return (
            self.cubes(images, numbers), self.slope(images, numbers),
            self.squared_norm(images, numbers), self.second(images, numbers),
        )  # fmt: skip


def test_first_and_second_derivatives_are_the_numerical_ones(device):
    shape = (3, 4, 4)
    slopes = Slopes(Augmentation(ALL, shape, 1.0))
    images, way = values("images", (2, *shape)), values("way", (2, *shape)) * 1e-2
    numbers = ms.Tensor(drawing(ALL, shape, True)(np.random.default_rng(0), 2))
    _, slope, _, second = (found.asnumpy() for found in slopes(ms.Tensor(images), numbers))
    above, below = (slopes(ms.Tensor(images + sign * way), numbers) for sign in (1, -1))
    assert float(above[0] - below[0]) / 2 == pytest.approx(float((slope * way).sum()), rel=2e-3)
    assert float(above[2] - below[2]) / 2 == pytest.approx(float((second * way).sum()), rel=2e-3)
