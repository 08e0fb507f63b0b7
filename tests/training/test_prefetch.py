"""Values that are prepared ahead."""

import threading

import pytest

from ms_gan.training.prefetch import Prefetched


def test_values_are_the_functions():
    prefetched = Prefetched(lambda step: step * step)
    assert [prefetched(step) for step in (0, 1, 2, 7, 8, 3)] == [0, 1, 4, 49, 64, 9]


def test_the_next_value_is_prepared_before_it_is_asked_for():
    prepared = {step: threading.Event() for step in range(3)}

    def function(step):
        prepared[step].set()
        return step

    Prefetched(function)(0)
    assert prepared[1].wait(10)
    assert not prepared[2].is_set()


def test_errors_come_with_the_step_they_belong_to():
    prefetched = Prefetched(lambda step: 1 / (2 - step))
    assert prefetched(1) == 1
    with pytest.raises(ZeroDivisionError):
        prefetched(2)
