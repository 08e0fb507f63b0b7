"""python -m pytest -s tests/soak/test_install.py: the wheel and the sdist, installed from scratch and used.

Needs a network that reaches a package index, 6 GB of disk and about ten minutes. PIP_CONSTRAINT is obeyed, so that
`PIP_CONSTRAINT=constraints.txt` installs what the checks of a change install.
"""

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMANDS = ("train", "infer", "eval", "export", "doctor", "launch", "features", "inspect")
KINDS = (".py", ".yaml", ".html", ".js", ".css", ".svg")
TINY = [
    "--device", "CPU", "--data.source", "synthetic", "--data.limit", "40", "--batch-size", "16", "--epochs", "1",
    "--generator.hidden", "[12]", "--discriminator.hidden", "[12]", "--metrics.every", "0",
]  # fmt: skip


def run(*command, cwd):
    print("$", *command, flush=True)
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    if "PIP_CONSTRAINT" in environment:
        environment["PIP_CONSTRAINT"] = str((ROOT / environment["PIP_CONSTRAINT"]).resolve())
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A folder with the sdist and the wheel, made by `python -m build` in an environment of its own."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "venv", folder / "builder", cwd=folder)
    run(folder / "builder/bin/pip", "install", "--quiet", "build", cwd=folder)
    run(folder / "builder/bin/python", "-m", "build", "--outdir", folder, ROOT, cwd=folder)
    return folder


def test_the_sdist_makes_the_same_wheel(built):
    """`build` makes the wheel from the sdist: what the sdist lacked, the wheel lacks too."""
    names = zipfile.ZipFile(next(built.glob("*.whl"))).namelist()
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        packed = archive.getnames()
    for folder in ("ms_gan", "configs"):
        for path in [path for path in (ROOT / folder).rglob("*") if path.suffix in KINDS]:
            name = str(path.relative_to(ROOT))
            assert any(packed_name.endswith(f"/{name}") for packed_name in packed), name
            assert (name if folder == "ms_gan" else f"ms_gan/{name}") in names, name


@pytest.mark.parametrize("kind", ["*.whl", "*.tar.gz"])
def test_an_installation_from_scratch_trains_samples_and_exports(built, tmp_path, kind):
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    programs = tmp_path / "venv/bin"
    run(programs / "pip", "install", "--quiet", next(built.glob(kind)), cwd=tmp_path)
    work = tmp_path / "work"
    work.mkdir()
    commands = {path.name for path in programs.glob("ms-gan-*")}
    assert {f"ms-gan-{name}" for name in COMMANDS} <= commands
    for name in commands:
        assert run(programs / name, "--help", cwd=work).startswith(f"usage: {name} ")
    for name in ("train", "eval", "doctor", "launch", "features"):
        assert "usage:" in run(programs / "python", "-m", f"ms_gan.cli.{name}", "--help", cwd=work)
    train = [programs / "ms-gan-train", "--config", "gan_mnist", *TINY, "--output", "run"]
    assert "measured on this machine" in " ".join(run(*train, "--dry-run", cwd=work).split())
    assert not list(work.iterdir())
    assert "ms-gan-infer --ckpt run" in run(*train, cwd=work)
    assert "ok" in run(programs / "ms-gan-doctor", "--quick", "--device", "CPU", cwd=work)
    run(programs / "ms-gan-export", "--ckpt", "run", "--output", "g.mindir", cwd=work)
    run(programs / "ms-gan-infer", "--ckpt", "g.mindir", "--num", "4", "--output", "digits.png", cwd=work)
    assert (work / "digits.png").stat().st_size > 100


def test_an_editable_installation_finds_its_recipes(tmp_path):
    """With this Python's packages, so that nothing is fetched."""
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    packages = next((tmp_path / "venv/lib").glob("python*/site-packages"))
    (packages / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    install = ["install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", ROOT]
    run(tmp_path / "venv/bin/pip", *install, cwd=tmp_path)
    program = tmp_path / "venv/bin/ms-gan-train"
    assert "recipe: gan_mnist_wide" in run(program, "--config", "gan_mnist_wide", "--print_config", cwd=tmp_path)
