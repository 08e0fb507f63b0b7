import math

import numpy as np
import pytest

from ms_gan.report.curves import MOST_POINTS, Curves, number


def curves_of(values):
    curves = Curves(["loss"])
    for i, value in enumerate(values, 1):
        curves.add({"epoch": i / 10, "loss": value})
    return curves


def test_short_curves_are_as_they_are():
    curves = curves_of([3.0, 1.0, 2.0])
    assert curves.epochs == [0.1, 0.2, 0.3] and curves.mean("loss") == [3.0, 1.0, 2.0] and curves.band("loss") is None
    assert Curves(["loss"]).empty and not curves.empty


@pytest.mark.parametrize("count", [MOST_POINTS - 1, MOST_POINTS, MOST_POINTS + 1, 12_345])
def test_long_curves_are_bounded_and_keep_what_matters(count):
    values = np.random.default_rng(0).normal(5.0, 1.0, count)
    curves = curves_of(values)
    points = curves.mean("loss")
    assert min(count, MOST_POINTS / 2) - 1 <= len(points) <= MOST_POINTS and len(curves.epochs) == len(points)
    width = math.ceil(count / len(points))
    whole = count // width * width
    expected = values[:whole].reshape(-1, width)
    assert np.allclose(points[: len(expected)], expected.mean(axis=1), rtol=1e-3)
    if width > 1:
        low, high = curves.band("loss")
        assert np.allclose(low[: len(expected)], expected.min(axis=1), rtol=1e-3)
        assert np.allclose(high[: len(expected)], expected.max(axis=1), rtol=1e-3)


def test_what_is_no_number_leaves_a_gap():
    curves = curves_of([1.0, math.nan, "2", None, math.inf, True, 10**400, 3.0])
    assert curves.mean("loss") == [1.0, *[None] * 6, 3.0]
    curves.add({"loss": 1.0})
    assert len(curves.epochs) == 8
    long = curves_of([math.nan, 4.0] * MOST_POINTS)
    assert set(long.mean("loss")) == {4.0} and set(long.band("loss")[0]) == {4.0}
    assert math.isnan(number([1])) and number(2) == 2.0
