import json

import numpy as np
import pytest

from ms_gan.training.checkpoint import compare_notes, take_notes
from tests.conftest import tiny_config

IMAGES = np.arange(5 * 3 * 4 * 4, dtype=np.uint8).reshape(5, 3, 4, 4)


def test_all_images_of_a_run_are_noted_and_compared():
    config = tiny_config()
    plain, pairs = (take_notes(config, arrays) for arrays in ({"images": IMAGES}, {"images": IMAGES, "inputs": IMAGES}))
    assert list(json.loads(plain)) == ["options", "images"] and compare_notes(plain, plain) == []
    assert compare_notes(pairs, pairs) == compare_notes(plain, pairs) == compare_notes("", pairs) == []
    changed = take_notes(config, {"images": IMAGES, "inputs": 255 - IMAGES[:4]})
    assert compare_notes(pairs, changed) == [
        "the inputs differ from those of the training so far: 5 images of 3x4x4 then, 4 images of 3x4x4 now; it "
        "continues with the present ones"
    ]
    maps = take_notes(config, {"images": IMAGES, "maps": IMAGES[:, 0]})
    others = take_notes(config, {"images": IMAGES, "maps": IMAGES[:, 1]})
    assert compare_notes(maps, maps) == [] and "the maps differ" in compare_notes(maps, others)[0]
    assert len(compare_notes(take_notes(config, {"images": 255 - IMAGES, "inputs": IMAGES}), changed)) == 2


@pytest.mark.parametrize("notes", ["[]", "3", "{", '{"images": 3, "options": {}}', '{"options": {}}', '{"images": {}}'])
def test_notes_that_say_nothing_are_passed_over(notes):
    assert compare_notes(notes, take_notes(tiny_config(), {"images": IMAGES})) == []
