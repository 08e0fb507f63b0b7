from dataclasses import replace

import numpy as np
import pytest

from ms_gan.data.image_data import ImageData
from ms_gan.metrics.modes import MODES, count_modes, modes_of, with_modes
from ms_gan.metrics.report import Evaluation, Measures
from tests.metrics.stand_ins import Generator


def stacks(modes, side=28):
    """Images whose colours are as bright as their digits, in the middle."""
    margin = (side - 28) // 2
    images = np.full((len(modes), 3, side, side), 255, np.uint8)
    digits = np.stack([modes // 100, modes // 10 % 10, modes % 10], 1)
    images[:, :, margin : margin + 28, margin : margin + 28] = digits[:, :, None, None]
    return images


def classify(digits):
    assert digits.shape[1:] == (1, 28, 28)
    return digits.reshape(len(digits), -1).max(1).astype(int)


def test_a_mode_is_the_digits_in_the_order_of_the_colours():
    modes = np.array([0, 7, 70, 700, 123, 999])
    assert (
        modes_of(stacks(modes), classify).tolist() == modes_of(stacks(modes, 32), classify).tolist() == modes.tolist()
    )


def test_modes_are_counted_and_compared_with_equal_shares():
    assert count_modes(np.arange(MODES).repeat(3)) == (1000, pytest.approx(0, abs=1e-12))
    assert count_modes(np.array([5, 5, 5])) == (1, pytest.approx(np.log(1000)))
    half = np.array([0, 0, 0, 1])
    assert count_modes(half) == (2, pytest.approx(0.75 * np.log(750) + 0.25 * np.log(250)))


def test_an_evaluation_has_them_beside_those_of_real_stacks():
    one = Measures(4, *[0.0] * 7)
    report = Evaluation(None, one, one, None, None, [])
    made, real = stacks(np.array([1, 1, 1, 1])), ImageData(stacks(np.array([1, 2, 3, 4, 5])), None, "stacks", "")
    found = with_modes(report, Generator(made), real, classify, 4, 0)
    assert found.generated == replace(one, modes=1, modes_divergence=pytest.approx(np.log(1000)))
    assert found.floor == replace(one, modes=4, modes_divergence=pytest.approx(np.log(250)))
