"""What `pip install .` installs: the wheel, built here without a network."""

import configparser
import os
import re
import runpy
import shutil
import subprocess
import sys
import zipfile
from email.parser import BytesParser
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
COMMANDS = {"train", "infer", "eval", "export", "doctor", "launch", "features", "inspect"}  # and what comes later
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
PAGES = (".html", ".js", ".css", ".svg")
# What the programs that pip writes for console scripts do, one after another: two seconds each if each were started.
PROGRAMS = """\
import importlib, sys
for name, module in zip(sys.argv[1::2], sys.argv[2::2]):
    sys.argv[0] = "/usr/bin/" + name
    try:
        importlib.import_module(module).main(["--help"])
    except SystemExit as stop:
        assert not stop.code
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of a copy, because building leaves folders behind."""
    setuptools = pytest.importorskip("setuptools")
    if int(setuptools.__version__.split(".")[0]) < 70:
        pytest.importorskip("wheel")
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("ms_gan", "configs"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    (source / "ms_gan" / "nested").mkdir()
    (source / "ms_gan" / "nested" / "page.html").touch()
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    subprocess.run([sys.executable, "-c", BUILD, str(out)], cwd=source, check=True, capture_output=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def programs(wheel):
    """The console scripts, {name: module}."""
    found = configparser.ConfigParser()
    found.read_string(read(wheel, "entry_points.txt").decode())
    scripts = dict(found["console_scripts"])
    assert all(target.endswith(":main") for target in scripts.values())
    return {name: target[: -len(":main")] for name, target in scripts.items()}


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder with what the wheel would put into site-packages."""
    folder = tmp_path_factory.mktemp("site")
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


def read(wheel, name):
    archive = zipfile.ZipFile(wheel)
    return archive.read(next(path for path in archive.namelist() if path.endswith(f".dist-info/{name}")))


def test_the_wheel_holds_the_package_its_pages_and_the_recipes_and_nothing_else(wheel):
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    files = [path for path in (ROOT / "ms_gan").rglob("*") if path.suffix in (".py", ".npz", ".json", ".ckpt", *PAGES)]
    package = {str(path.relative_to(ROOT)) for path in files}
    recipes = {f"ms_gan/configs/{path.name}" for path in (ROOT / "configs").glob("*.yaml")}
    assert names == package | recipes | {"ms_gan/nested/page.html"}


def test_every_command_has_a_program(programs):
    assert {f"ms-gan-{name}" for name in COMMANDS} <= set(programs)
    for name, module in programs.items():
        path = ROOT / module.replace(".", "/")
        assert name == f"ms-gan-{path.name}" and "\ndef main(argv: " in path.with_suffix(".py").read_text()


def test_programs_run_from_any_folder_and_name_themselves(programs, installed, tmp_path):
    arguments = [word for item in programs.items() for word in item]
    done = run(installed, tmp_path, "-c", PROGRAMS, *arguments)
    assert done.returncode == 0, done.stderr
    assert set(re.findall(r"^usage: (\S+) ", done.stdout, re.MULTILINE)) == set(programs)
    assert not re.search(r".*(python \w+\.py|scripts/|python -m ms_gan).*", done.stdout)


def test_recipes_are_found_from_any_folder(installed, tmp_path):
    done = run(installed, tmp_path, "-m", "ms_gan.cli.train", "--config", "gan_mnist_wide", "--print_config")
    assert done.returncode == 0 and "recipe: gan_mnist_wide" in done.stdout, done.stderr


def test_the_metadata_are_complete(wheel):
    about = BytesParser().parsebytes(read(wheel, "METADATA"))
    version = re.search(r'"(.+)"', (ROOT / "ms_gan/__init__.py").read_text().split("__version__ = ")[1]).group(1)
    assert (about["Version"], about["Requires-Python"]) == (version, ">=3.10,<3.13")
    assert about["Summary"] and "Apache-2.0" in (about["License"] or about["License-Expression"])
    assert about.get_payload().startswith("# ms_gan") and about["Description-Content-Type"] == "text/markdown"
    assert "Programming Language :: Python :: 3.12" in about.get_all("Classifier")


def test_constraints_are_exact_and_within_the_ranges_of_setup():
    asked = runpy.run_path(str(ROOT / "setup.py"))
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    exact = {line.split("==")[0]: line.split("==")[1] for line in lines}
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", line) for line in lines) and lines == sorted(lines)
    for line in [*asked["REQUIREMENTS"], *asked["EXTRAS"]["dev"]]:
        wanted = Requirement(line)
        assert exact[wanted.name.lower()] in wanted.specifier, line


def test_what_setup_admits_is_what_scripts_look_for_and_what_the_checks_run():
    asked = runpy.run_path(str(ROOT / "setup.py"))
    scripts, checks = ((ROOT / name).read_text() for name in ("scripts/lib.sh", ".ci/run"))
    pythons = [minor for minor in range(30) if f"3.{minor}" in SpecifierSet(asked["PYTHON"])]
    assert f"(3, {pythons[0]}) <= sys.version_info[:2] <= (3, {pythons[-1]})" in scripts
    assert f"in python3 {' '.join(f'python3.{minor}' for minor in reversed(pythons))};" in scripts
    mindspore = Requirement(asked["REQUIREMENTS"][0]).specifier
    admitted = {f"2.{minor}" for minor in range(30) if f"2.{minor}.0" in mindspore}
    constraints = (ROOT / "constraints.txt").read_text()
    whole = re.search(r"^# .* Python (3\.\d+) .*^mindspore==(2\.\d+)", constraints, re.MULTILINE | re.DOTALL)
    pairs = {whole.groups(), *re.findall(r" (3\.\d+):(2\.\d+)\.0", checks)}
    assert {python for python, _ in pairs} == {f"3.{minor}" for minor in pythons}
    assert {release for _, release in pairs} | set(re.findall(r"mindspore==(2\.\d+)\.0", checks)) == admitted


def run(installed, folder, *arguments):
    """Python with the unpacked wheel in place of this folder's package, in a folder where nothing else lies."""
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, errors="replace"
    )
