import fcntl
import io
import os
import struct
import termios

import pytest

from ms_gan.runs import events
from ms_gan.runs.events import Progress
from ms_gan.tasks.latent import TASK
from tests.report.drawn_run import train_record


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(events.time, "monotonic", lambda: now[0])
    return now


def test_lines_become_rarer_but_do_not_cease(clock, capsys):
    days = 3 * 24 * 3600
    progress = Progress(TASK.in_words, 100, days, 0)
    times = []
    for step in range(1, days + 1, 5):
        clock[0] = float(step)
        progress.update(step, train_record(step))
        if capsys.readouterr().out:
            times.append(step)
    gaps = [later - earlier for earlier, later in zip(times, times[1:])]
    assert times[0] == 1 and gaps[0] == 5 and gaps[-1] == 60 and len(times) < 5000
    assert max(gaps) == 60 and sorted(gaps) == gaps


def test_a_line_tells_what_a_person_wants_to_know(clock, capsys):
    progress = Progress(TASK.in_words, 100, 2000, 1000)
    clock[0] = 50.0
    progress.update(1100, train_record(1100))
    assert capsys.readouterr().out == (
        "epoch 11/20  step 1,100  loss D 1.200 G 0.800  D(x) 0.60 D(G(z)) 0.40  4,000 images/s  ETA 7:30\n"
    )
    clock[0] = 50.1
    progress.update(1150, train_record(1150))
    assert not capsys.readouterr().out
    progress.update(2000, train_record(2000))
    assert "epoch 20/20" in capsys.readouterr().out and progress.close() is None


@pytest.mark.parametrize("columns", [0, 80])
def test_a_terminal_without_a_width_has_lines(monkeypatch, capsys, columns):
    """Such as a container's; a bar there would be empty for the whole training."""
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with open(master, "rb"), open(slave, "w") as terminal:
        monkeypatch.setattr(events.sys, "stderr", terminal)
        progress = Progress(TASK.in_words, 100, 2000, 0)
        progress.update(1050, train_record(1050))
        progress.close()
    assert ("epoch 11/20" in capsys.readouterr().out) == (columns == 0)


def test_a_terminal_has_a_bar(monkeypatch, capsys):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(events.sys, "stderr", Terminal())
    progress = Progress(TASK.in_words, 100, 2000, 0)
    progress.update(1050, train_record(1050))
    progress.close()
    bar = events.sys.stderr.getvalue().split("\r")[-1]
    assert not capsys.readouterr().out
    assert bar.startswith("epoch 11/20  52%|") and "ETA " in bar and "4,000 images/s" in bar
