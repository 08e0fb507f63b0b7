"""python -m pytest -s tests/soak/test_fuzz.py: 20,000 damaged files of each format, others each time; an hour.

`python -m tests.fuzzing.child FORMAT COUNT --seed SEED` reads those of one run again.
"""

import random

import pytest

from tests.fuzzing.formats import FORMATS
from tests.fuzzing.parent import fuzz


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_files_are_refused_in_one_line(name, tmp_path):
    seed = random.SystemRandom().randrange(2**32)
    print(f"\n--seed {seed}")
    fuzz(name, 20_000, tmp_path, "--seed", str(seed))
