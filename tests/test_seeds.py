import numpy as np
import pytest

from ms_gan.seeds import Purpose, stream


def test_same_place_same_numbers_and_other_place_other_numbers():
    def draw(*where):
        return stream(*where).standard_normal(4).tolist()

    places = [
        (1, Purpose.WEIGHTS),
        (2, Purpose.WEIGHTS),
        (1, Purpose.DATA_ORDER),
        (1, Purpose.WEIGHTS, 1),
        (1, Purpose.WEIGHTS, 0, 1),
        (1, Purpose.WEIGHTS, 1, 1),
    ]
    drawn = [draw(*place) for place in places]
    assert drawn == [draw(*place) for place in places]
    assert len({tuple(numbers) for numbers in drawn}) == len(places)


def test_numbers_are_those_that_runs_on_disk_were_made_with():
    assert np.array_equal(stream(0, Purpose.SAMPLE_LATENTS, 3).integers(0, 1000, 4), [596, 94, 949, 585])


@pytest.mark.parametrize("seed, place", [(-1, ()), (2**63, ()), (0, (1, 2, 3, 4))])
def test_refuses_what_would_not_be_a_place(seed, place):
    with pytest.raises(ValueError):
        stream(seed, Purpose.WEIGHTS, *place)
