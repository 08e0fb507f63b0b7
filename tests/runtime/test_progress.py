import re

import pytest

from ms_gan.runtime import progress as module
from ms_gan.runtime.progress import progress, tracked


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test sets."""
    now = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def test_where_output_is_no_terminal_lines_tell_how_far_work_is(clock, capsys):
    with progress("Training the features", 100, "step") as update:
        for second in range(100):
            clock[0] = second
            update(1)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Training the features: 6 of 100 steps, about 78 s left"
    assert 8 < len(lines) < 20 and all(
        re.fullmatch(r"Training .* of 100 steps, about \d+ s left", line) for line in lines
    )


def test_lines_become_rarer_in_long_work(clock, capsys):
    with progress("Searching", 36_000, "step") as update:
        for second in range(36_000):
            clock[0] = second
            update(1)
    assert len(capsys.readouterr().err.splitlines()) < 80


def test_short_work_prints_nothing(clock, capsys):
    assert list(tracked("abc", "Drawing digits", 3, "image")) == ["a", "b", "c"]
    assert capsys.readouterr().err == ""


def test_a_terminal_has_a_bar(capsys, monkeypatch):
    monkeypatch.setattr(module.sys.stderr, "isatty", lambda: True, raising=False)
    for _ in tracked(range(3), "Drawing digits", 3, "image"):
        pass
    assert "Drawing digits" in capsys.readouterr().err
