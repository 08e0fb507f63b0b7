"""scripts/six_ways.sh with stand-ins for the commands: what it calls, prints, exits with. tests/soak has real ones."""

import shutil

import pytest

from tests.scripts.test_scripts import Project

COMMAND = """
import sys
from pathlib import Path
argv = sys.argv[1:]
print(*argv)
if "own_64" in argv and {fails}:
    sys.exit("error: no room")
output = Path(argv[argv.index("--output") + 1])
if not output.suffix:
    output.mkdir()
(output if output.suffix else output / "fgsm.png").write_bytes(b"a picture")
"""
WAYS = ["train", "class", "translate", "paint", "wash", "own"]


@pytest.fixture
def project(tmp_path):
    project = Project(tmp_path)
    (project.bin / "timeout").symlink_to(shutil.which("timeout"))
    return project


def ways_of(project, *arguments, fails=False):
    for name in ("cli.train", "cli.infer", "cli.robustness"):
        path = project.root / "ms_gan" / f"{name.replace('.', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(COMMAND.replace("{fails}", str(fails)))
    return project.run("six_ways.sh", *arguments)


def test_each_way_is_timed_and_names_its_picture(project):
    done = ways_of(project, "shown", "--device", "CPU")
    assert done.returncode == 0, done.stdout + done.stderr
    head, *rows = [line.split() for line in done.stdout.splitlines()]
    assert head == ["way", "seconds", "picture"] and [row[0] for row in rows] == WAYS
    assert all(row[1].isdigit() and row[2] == f"shown/{row[0]}.png" for row in rows)
    folder = project.elsewhere / "shown"
    assert all((folder / f"{way}.png").read_bytes() == b"a picture" for way in WAYS)
    assert len(list((folder / "pictures").glob("*.png"))) == 40
    assert (folder / "class.log").read_text().endswith("--output class.png --device CPU\n")
    again = project.run("six_ways.sh", "shown")
    assert again.returncode == 1 and "step failed: making the folder shown: it is not empty" in again.stderr


def test_a_way_that_fails_does_not_stop_the_others(project):
    done = ways_of(project, fails=True)
    last = done.stdout.splitlines()[-1]
    assert done.returncode == 1 and last.split()[0] == "own" and last.endswith("failed: error: no room")
    assert done.stdout.count(".png") == 5
