import json

import numpy as np
import pytest

from ms_gan.explorer.question import Question
from tests.refusals import refused

HUGE = json.loads("1" + "0" * 400)


def test_what_is_right_is_read():
    asked = Question({"seed": 3, "psi": 1, "kind": "GIF", "latents": [[1, 2.5], [3, -4]]})
    assert asked.whole("seed", 0, 3) == 3
    assert asked.number("psi", 0, 1) == 1.0
    assert asked.choice("kind", ["GIF"]) == "GIF"
    latents = asked.latents("latents", 2, 1, 2)
    assert latents.dtype == np.float32 and latents.tolist() == [[1, 2.5], [3, -4]]


@pytest.mark.parametrize("value", [-1, 4, 1.0, True, "1", None, [1], HUGE, -HUGE, float("nan")])
def test_not_a_whole_number_in_range(value):
    with refused("seed", says="is not allowed; allowed: a whole number, 0 to 3"):
        Question({"seed": value}).whole("seed", 0, 3)


@pytest.mark.parametrize("value", [-0.1, 1.1, True, "1", None, {}, HUGE, float("nan"), float("inf"), 1e308])
def test_not_a_number_in_range(value):
    with refused("psi", says="is not allowed; allowed: a number, 0 to 1$"):
        Question({"psi": value}).number("psi", 0, 1)


@pytest.mark.parametrize("value", ["gif", 1, None, ["GIF"], {}])
def test_not_a_choice(value):
    with refused("kind", says="is not allowed; allowed: GIF, WEBP"):
        Question({"kind": value}).choice("kind", ["GIF", "WEBP"])


@pytest.mark.parametrize(
    "value, message",
    [
        (1, "allowed: a list"),
        ([], "0 are not allowed; allowed: 1 to 2"),
        ([[1, 2]] * 3, "3 are not allowed; allowed: 1 to 2"),
        ([[1]], "a list of 2 numbers"),
        ([1], "a list of 2 numbers"),
        ([[1, [2]]], "a list is not allowed; allowed: a number, -100 to 100"),
        ([[1, 101]], "101 is not allowed"),
        ([[1, float("nan")]], "nan is not allowed"),
        ([[1, HUGE]], r"10000\S* \.\.\. is not allowed"),
    ],
)
def test_not_latents(value, message):
    with refused("latents", says=message):
        Question({"latents": value}).latents("latents", 2, 1, 2)


def test_missing_and_not_even_an_object():
    with refused("seed", says="is missing"):
        Question({}).whole("seed", 0, 3)
    with refused(code="malformed"):
        Question([1])


def test_labels_are_numbers_or_weights():
    asked = Question({"label": 2, "whole": [0, 2], "mixed": [1, [0.5, 0, 0.5]]})
    assert asked.label("label", 3) == 2 and asked.label("absent", 3) is None
    assert asked.labels("whole", 3, 2).dtype == np.int32 and asked.labels("whole", 3, 2).tolist() == [0, 2]
    assert asked.labels("mixed", 3, 2).tolist() == [[0, 1, 0], [0.5, 0, 0.5]]


@pytest.mark.parametrize("value", [-1, 3, 1.0, True, None, "cat", [1, 0], [1, 0, 2], [1, 0, float("nan")], [[1], 0, 0]])
def test_not_labels(value):
    with refused("labels"):
        Question({"labels": [0, value]}).labels("labels", 3, 2)
    with refused("labels"):
        Question({"labels": value}).label("labels", 3)


@pytest.mark.parametrize("value", [[0], [0, 1, 2], 0])
def test_a_label_for_each_latent(value):
    with refused("labels"):
        Question({"labels": value}).labels("labels", 3, 2)
