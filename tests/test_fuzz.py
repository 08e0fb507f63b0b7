"""No file that a stranger sends does harm: 500 damaged ones of each format, always the same; 20,000 in tests/soak."""

import pytest

from tests.fuzzing.formats import FORMATS
from tests.fuzzing.parent import fuzz

SOAKED_ONLY = ("mindir_convolutions",)


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in SOAKED_ONLY])
def test_damaged_files_are_refused_in_one_line(name, tmp_path):
    fuzz(name, 500, tmp_path)
