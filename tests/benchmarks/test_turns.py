import pytest

from benchmarks import turns
from benchmarks.scaling import Curve, points
from benchmarks.step import sides, summary
from benchmarks.turns import Timing, Worker, take_turns
from benchmarks.worker import Task


def test_every_other_round_goes_backwards(monkeypatch):
    asked = []

    class Recorder(Worker):
        def __init__(self, name, task, python):
            self.name, self.python = name, python

        def take(self, steps):
            asked.append((self.name, steps))
            return {"ms": 10.0 if self.name == "a" else 500.0, "flops": 5, "peak_mb": 1.0, "note": self.python}

        def __exit__(self, *_):
            pass

    monkeypatch.setattr(turns, "Worker", Recorder)
    timings = take_turns({"a": Task("step"), "b": Task("torch_step")}, 3, 0.1, "other")
    assert asked[-6:] == [("a", 10), ("b", 1), ("b", 1), ("a", 10), ("a", 10), ("b", 1)]
    assert timings["a"].ms == [10.0] * 3 and timings["b"].note == "other" and timings["a"].note != "other"


def test_a_worker_answers():
    with Worker("worker", Task("frechet", images=200)) as worker:
        answer = worker.take(1)
    assert answer["ms"] > 0 and answer["peak_mb"] > 10 and worker.process.returncode == 0


def test_a_worker_that_fails_ends_the_comparison():
    with pytest.raises(SystemExit, match="bad ended with code 1"), Worker("bad", Task("no such kind")) as worker:
        worker.take(1)


def test_ratios_are_to_the_fastest_side_and_peaks_of_the_precision():
    tasks = sides("gan_mnist", 128, "bf16", True)
    timings = {name: Timing([30.0, 30.0, 30.0], 10**9) for name in tasks}
    timings["ms_gan"] = Timing([10.0, 20.0, 90.0], 10**9)
    timings["compile bf16"] = Timing([20.0, 25.0, 30.0])
    timings["PyTorch product bf16"] = Timing([5.0], 10**9)
    timings["MindSpore product fp32"] = Timing([1.0], 10**9)
    found = summary(tasks, timings, "bf16")
    assert found["fastest_pytorch"] == "compile bf16"
    assert found["ratio"] == 20 / 25 and found["ratio_by_round"] == 20 / 25
    assert found["images_per_second"] == 1000 * 128 / 20 and found["gflops"] == 50
    assert found["share_of_peak"] == 50 / 200


def test_growth_is_that_of_time_over_that_of_arithmetic():
    curve = Curve("gan_mnist", "batch, images", {1: Task("step"), 2: Task("step")})
    timings = {"1": Timing([10.0, 20.0, 10.0], 10**9), "2": Timing([15.0, 30.0, 90.0], 2 * 10**9)}
    assert [point["growth"] for point in points(curve, timings)] == [None, 0.75]
