"""scripts/ascend_env.sh: CANN's set_env.sh is sourced where the environment lacks it; here its folder is a fake."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "ascend_env.sh"
# As careless as CANN's own: an unset variable, a command that fails, words on stdout; and all that it should set.
SET_ENV = """
: "$UNSET_BEFORE"
false
echo "words $#"
export ASCEND_HOME_PATH={folder} ASCEND_OPP_PATH={folder}/opp
export PYTHONPATH={folder}/python/site-packages:{folder}/opp/built-in/op_impl/ai_core/tbe:$PYTHONPATH
export LD_LIBRARY_PATH={folder}/lib64:$LD_LIBRARY_PATH
"""
SHOW = 'source_cann "an argument"; echo "$-|${ASCEND_OPP_PATH:-}|${PYTHONPATH:-}"'


def lay_out(folder: Path, script: Path) -> Path:
    (folder / "opp").mkdir(parents=True)
    script.write_text(SET_ENV.format(folder=folder))
    return folder


def run(home: Path, **environment: str):
    """What a shell with our scripts' options has after sourcing CANN: options, two variables, words on stderr."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), **environment}
    code = f"set -euo pipefail; source {SCRIPT}; {SHOW}"
    done = subprocess.run(["bash", "-c", code], env=environment, capture_output=True, text=True, check=True)
    return [*done.stdout.strip().split("|"), done.stderr]


@pytest.fixture
def home(tmp_path):
    if Path("/usr/local/Ascend").exists():
        pytest.skip("CANN is installed here, and would be found first")
    return tmp_path / "home"


def test_without_cann_nothing_is_said(home):
    options, opp, _, errors = run(home)
    assert (opp, errors) == ("", "") and {"e", "u"} <= set(options)


def test_cann_is_sourced_from_where_its_installer_puts_it(home):
    folder = home / "Ascend/cann"
    lay_out(folder, folder / "set_env.sh")
    options, opp, python_path, errors = run(home, PYTHONPATH="mine")
    assert opp == f"{folder}/opp" and python_path.endswith(":mine")
    assert errors == f"words 0\nCANN's environment: sourced {folder}/set_env.sh\n"
    assert {"e", "u"} <= set(options)


def test_the_newest_and_the_older_layout(home):
    base = home / "Ascend"
    lay_out(base / "ascend-toolkit/latest", base / "ascend-toolkit/set_env.sh")
    assert run(home)[1] == f"{base}/ascend-toolkit/latest/opp"
    for version in ("8.5.0", "8.10.0"):
        lay_out(base / f"cann-{version}", base / f"cann-{version}/set_env.sh")
    assert run(home)[1] == f"{base}/cann-8.10.0/opp"


def test_the_cann_that_the_environment_names_comes_first(home, tmp_path):
    usual, own = home / "Ascend/cann", tmp_path / "own"
    for folder in (usual, own):
        lay_out(folder, folder / "set_env.sh")
    assert run(home, ASCEND_TOOLKIT_HOME=str(own))[1] == f"{own}/opp"
    assert run(home, ASCEND_HOME_PATH="/no/such/folder")[1] == f"{usual}/opp"


def test_what_is_set_up_already_stays(home):
    folder = home / "Ascend/cann"
    lay_out(folder, folder / "set_env.sh")
    mine = {
        "ASCEND_HOME_PATH": "/opt/cann", "ASCEND_OPP_PATH": "/opt/cann/opp", "LD_LIBRARY_PATH": "/opt/cann/lib64",
        "PYTHONPATH": "/opt/cann/opp/built-in/op_impl/ai_core/tbe",
    }  # fmt: skip
    _, opp, _, errors = run(home, **mine)
    assert (opp, errors) == ("/opt/cann/opp", "")
