import numpy as np
import pytest

from ms_gan.runtime import workers
from ms_gan.runtime.workers import Workers, announced, is_scheduler, join_workers, place
from tests.refusals import failed, refused


@pytest.fixture
def alone(monkeypatch):
    for name in ("MS_ROLE", "MS_WORKER_NUM", "MS_NODE_ID"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_a_process_alone(alone):
    assert announced() == 1 and not is_scheduler()
    assert join_workers(None, "CPU") == Workers(0, 1)
    one, values = Workers(), np.float32([1, 2])
    assert one.leads and one.mean(values) is values and one.gather(values).shape == (1, 2)
    one.wait()


def test_only_workers_on_cpus_leave_at_once(monkeypatch):
    left = []
    monkeypatch.setattr(workers.os, "_exit", left.append)
    monkeypatch.setattr(workers, "LINGER_SECONDS", 0)
    assert Workers().leave(3) == 3 and Workers(1, 2).leave(4) == 4 and left == []
    Workers(1, 2, abrupt=True).leave(143)
    assert left == [143]


def test_what_a_launcher_tells_is_understood(alone):
    for rank in (-1, 2):
        for name, value in place(rank, 4, "127.0.0.1", 8118, 0).items():
            alone.setenv(name, value)
        assert announced() == 4 and is_scheduler() == (rank < 0)
    alone.setenv("OMP_NUM_THREADS", "3")
    assert place(0, 4, "127.0.0.1", 8118, 0, threads=2)["OMP_NUM_THREADS"] == "3"


@pytest.mark.parametrize("count", ["", "0", "two"])
def test_a_count_that_is_none(alone, count):
    alone.setenv("MS_ROLE", "MS_WORKER")
    alone.setenv("MS_WORKER_NUM", count)
    with refused("MS_WORKER_NUM"):
        announced()


def test_only_several_workers_lose_each_other():
    with pytest.raises(RuntimeError), Workers().together():
        raise RuntimeError("no memory")
    with failed("workers", says=r"worker 1 cannot continue \(no answer\)"):  # noqa: SIM117
        with Workers(1, 2).together():
            raise RuntimeError("no answer\nat line 5")
