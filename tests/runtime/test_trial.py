"""A device tried out in another process; MindSpore's place is taken by packages that behave badly."""

import signal

import pytest

from ms_gan.runtime.trial import try_out


@pytest.fixture
def pretend(tmp_path, monkeypatch):
    """Put a package named mindspore with some code before the real one, in other processes."""

    def write(code):
        (tmp_path / "mindspore").mkdir()
        (tmp_path / "mindspore/__init__.py").write_text(code)
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    return write


@pytest.mark.parametrize(
    "code, error",
    [
        (
            "raise ImportError('numpy.core.multiarray failed to import')",
            "MindSpore cannot be imported (numpy.core.multi",
        ),
        ("import os; os.kill(os.getpid(), 11)", f"the process crashed ({signal.Signals(11).name})"),
        ("raise RuntimeError('first\\n\\nsecond')", "second"),
        ("import os; os._exit(3)", "the process ended with exit code 3"),
    ],
)
def test_what_goes_wrong_is_one_line(pretend, code, error):
    pretend(code)
    trial = try_out("CPU")
    assert (trial.loads, trial.runs) == (False, False)
    assert trial.error.startswith(error) and "\n" not in trial.error


def test_who_does_not_answer_is_ended_with_its_processes(pretend):
    # The inner process holds the outer one's stdout: whoever reads that waits for both.
    pretend("import subprocess, sys\nsubprocess.run([sys.executable, '-S', '-c', 'import time; time.sleep(60)'])")
    trial = try_out("CPU", 2.0)
    assert trial.error == "it did not answer within 2 seconds" and trial.seconds < 30
