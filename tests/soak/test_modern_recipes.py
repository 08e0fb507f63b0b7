"""The recipes whose graphs take long to compile: python -m pytest tests/soak/test_modern_recipes.py"""

import pytest

from tests.recipes import MODERN
from tests.test_recipes import check_recipe, data_folder  # noqa: F401

pytestmark = pytest.mark.usefixtures("device")


@pytest.mark.parametrize("recipe", sorted(MODERN))
def test_a_recipe_trains_resumes_samples_and_exports(recipe, data_folder, tmp_path, monkeypatch):  # noqa: F811
    check_recipe(recipe, MODERN[recipe], data_folder, tmp_path, monkeypatch)
