"""Versions, processor, threads and memory, of machines laid out in folders."""

import math
import os
import platform
from importlib import metadata

import pytest

from ms_gan.runtime.checkup import (
    Package,
    Threads,
    arithmetic,
    disks,
    examine_cpu,
    extensions,
    memory,
    packages,
    threads,
    usable_cores,
)

SETUP = """
PYTHON = ">=3.10,<3.11"
REQUIREMENTS = ["numpy>=1,<2", "packaging<1", "a-package-that-nobody-made[extra]>=3; python_version > '3'"]
"""


def lay_out(folder, **texts):
    for name, text in texts.items():
        path = folder / name.replace("__", "/").replace("_DOT_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_versions_are_compared_with_what_setup_py_allows(tmp_path):
    (tmp_path / "setup.py").write_text(SETUP)
    python, numpy, packaging, absent = packages(tmp_path / "setup.py")
    here = platform.python_version()
    assert python == Package("Python", here, ">=3.10,<3.11", here.startswith("3.10."))
    assert numpy == Package("numpy", metadata.version("numpy"), ">=1,<2", True)
    assert (packaging.allowed, packaging.fits) == ("<1", False)
    assert absent == Package("a-package-that-nobody-made", "", ">=3", False)


def test_this_environment_is_as_setup_py_asks():
    found = {package.name: package for package in packages()}
    assert {"Python", "mindspore", "numpy", "jsonargparse"} <= set(found)
    assert all(package.allowed for package in found.values())


def test_without_mindspore_the_cpu_cannot_be_used(monkeypatch):
    assert examine_cpu().usable
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    finding = examine_cpu()
    assert (finding.usable, finding.why) == (False, "MindSpore is not installed") and "setup_env.sh" in finding.remedy


def test_the_processors_extensions(monkeypatch):
    assert extensions("flags\t: fpu avx2 amx_tile avx512f amx_bf16\nflags\t: fpu\n") == (
        "AVX2", "AVX-512", "AMX", "AMX BF16",
    )  # fmt: skip
    assert extensions("Features\t: fp asimd\n") == ()
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    for name in ("ONEDNN_DEFAULT_FPMATH_MODE", "DNNL_DEFAULT_FPMATH_MODE", "ONEDNN_MAX_CPU_ISA"):
        monkeypatch.delenv(name, raising=False)
    assert arithmetic() == "aarch64; no mode of oneDNN set: float32"
    monkeypatch.setenv("ONEDNN_DEFAULT_FPMATH_MODE", "BF16")
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", "AVX2")
    assert arithmetic() == "aarch64; ONEDNN_DEFAULT_FPMATH_MODE=BF16, ONEDNN_MAX_CPU_ISA=AVX2"


@pytest.mark.parametrize(
    "texts, limit",
    [
        ({}, None),
        ({"cpu_DOT_max": "max 100000\n"}, None),
        ({"cpu_DOT_max": "150000 100000\n"}, 1.5),
        ({"cpu__cpu_DOT_cfs_quota_us": "-1\n", "cpu__cpu_DOT_cfs_period_us": "100000\n"}, None),
        ({"cpu__cpu_DOT_cfs_quota_us": "200000\n", "cpu__cpu_DOT_cfs_period_us": "100000\n"}, 2.0),
    ],
)
def test_a_containers_share_of_the_cores(tmp_path, monkeypatch, texts, limit):
    lay_out(tmp_path / "sys/fs/cgroup", **texts)
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    found = threads(tmp_path)
    assert found == Threads(found.cores, limit, "3") and found.cores >= 1
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)))
    assert usable_cores(tmp_path) == (math.ceil(limit) if limit else 8)


def test_memory_and_a_containers_share_of_it(tmp_path):
    lay_out(tmp_path / "proc", meminfo="MemTotal:  2000 kB\nMemFree: 1 kB\nMemAvailable:  1500 kB\n")
    assert (memory(tmp_path).total, memory(tmp_path).free, memory(tmp_path).limit) == (2048000, 1536000, None)
    lay_out(tmp_path / "sys/fs/cgroup", memory__memory_DOT_limit_in_bytes="9223372036854771712\n")
    assert memory(tmp_path).limit is None
    lay_out(tmp_path / "sys/fs/cgroup", memory_DOT_max="1000000\n")
    assert memory(tmp_path).limit == 1000000
    assert memory(tmp_path / "nowhere").total is None


def test_disks_of_folders_that_need_not_exist_yet(tmp_path, monkeypatch):
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "no/such/cache"))
    monkeypatch.chdir(tmp_path)
    cache, runs = disks()
    assert cache.folder == tmp_path / "no/such/cache" and runs.folder == tmp_path / "runs"
    assert cache.free == pytest.approx(runs.free, rel=0.01) and runs.free > 0
