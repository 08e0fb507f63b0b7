import re

import pytest

from ms_gan.report.page import write_run_page
from ms_gan.runs.run_folder import RunFolder
from ms_gan.training import live
from ms_gan.training.live import Live, LivePage
from tests.conftest import tiny_config
from tests.report.drawn_run import draw_run, start_record, train_record


class Clock:
    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(live.time, "monotonic", clock.monotonic)
    return clock


def test_the_page_costs_a_hundredth_of_the_time(tmp_path, clock, monkeypatch):
    written = []

    def slow(*arguments):
        written.append(clock.now)
        clock.now += 0.2

    monkeypatch.setattr(live, "write_run_page", slow)
    page = LivePage(tiny_config(), RunFolder(tmp_path))
    for step in range(1, 1001):
        page.add(train_record(step))
        clock.now += 0.1
    assert len(written) == 5 and written[0] == 0  # in 100 seconds
    page.add({"event": "end", "time": 0.0, "step": 1000})
    assert len(written) == 6


def test_an_open_page_looks_for_news_while_there_will_be_any(tmp_path, clock):
    folder = RunFolder(draw_run(tmp_path / "run", end=""))
    page = LivePage(tiny_config(), folder)

    def reload():
        found = re.search(r'data-reload="(\d+)"', folder.report.read_text())
        return found and int(found.group(1))

    page.add(start_record(400))
    assert reload() == live.RELOAD_SECONDS
    clock.now += 70
    page.add(train_record(450))
    assert reload() == 70 and "running" in folder.report.read_text()
    page.add({"event": "stop", "time": 0.0, "step": 450})
    assert reload() is None and "stopped" in folder.report.read_text()


def test_what_cannot_be_shown_is_said_once_and_ends_nothing(tmp_path, clock, monkeypatch, capsys):
    monkeypatch.setattr(live, "write_run_page", lambda *_: 1 / 0)
    watched = Live(tiny_config(), RunFolder(draw_run(tmp_path / "run", end="")), 0)
    for step in range(1, 4):
        watched.add(train_record(step))
        clock.now += 1000
    assert capsys.readouterr().out == "warning: the run cannot be shown, training goes on: division by zero\n"
    monkeypatch.setattr(live, "write_run_page", write_run_page)
    watched.add(train_record(4))
    assert (tmp_path / "run" / "report.html").is_file()


def test_a_training_writes_its_page(trained):
    page = (trained / "report.html").read_text()
    assert "finished" in page and "2 of 2" not in page and "epoch 2" in page and "data-reload" not in page
    assert not re.search(r"<dt>(Python|ms_gan|MindSpore)</dt><dd>not recorded", page)
