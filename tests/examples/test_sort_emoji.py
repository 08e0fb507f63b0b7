import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).resolve().parents[2] / "examples" / "sort_emoji.py"
EMOJI = [
    {"image": "1.png", "category": "Food & Drink"},
    {"image": "2.png", "category": "People", "skin_variations": {"1F3FB": {"image": "2-light.png"}}},
    {"image": "absent.png", "category": "Flags"},
    {"image": "../64/3.png", "category": ".."},
]


def run(*arguments):
    return subprocess.run([sys.executable, PROGRAM, *map(str, arguments)], capture_output=True, text=True)


@pytest.fixture
def package(tmp_path):
    """An unpacked package of four pictures and one that no category has."""
    (tmp_path / "package/img/twitter/64").mkdir(parents=True)
    (tmp_path / "package/emoji.json").write_text(json.dumps(EMOJI))
    for name in ("1.png", "2.png", "2-light.png", "3.png", "unknown.png"):
        (tmp_path / "package/img/twitter/64" / name).write_text(name)
    return tmp_path / "package"


def test_pictures_are_sorted_by_category(package, tmp_path):
    done = run(package, tmp_path / "emoji")
    assert done.returncode == 0 and f"    4  pictures in {tmp_path / 'emoji'}" in done.stdout
    found = {str(path.relative_to(tmp_path / "emoji")) for path in (tmp_path / "emoji").rglob("*.*")}
    assert found == {"3.png", "Food & Drink/1.png", "People/2.png", "People/2-light.png"}
    assert (tmp_path / "emoji/People/2-light.png").read_text() == "2-light.png"
    again = run(package, tmp_path / "emoji")
    assert again.returncode == 2 and "exists already" in again.stderr


@pytest.mark.parametrize("text", ["{", "[3]", '[{"image": "1.png"}]'])
def test_what_is_no_such_package_is_refused(package, tmp_path, text):
    assert "should be an unpacked package" in run(tmp_path, tmp_path / "emoji").stderr
    (package / "emoji.json").write_text(text)
    done = run(package, tmp_path / "emoji")
    assert done.returncode == 2 and "is no list of emoji" in done.stderr and not (tmp_path / "emoji").exists()
