import os
from pathlib import Path

import pytest

from ms_gan.runtime.environment import kernel_cache, prepare

NAMES = (
    "GLOG_v",
    "GLOG_stderrthreshold",
    "GLOG_logtostderr",
    "GLOG_log_dir",
    "MS_OM_PATH",
    "CUDA_CACHE_PATH",
    "CUDA_CACHE_MAXSIZE",
    "ONEDNN_DEFAULT_FPMATH_MODE",
    "DNNL_DEFAULT_FPMATH_MODE",
)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch, tmp_path):
    for name in NAMES:
        monkeypatch.setenv(name, "to be restored")
        monkeypatch.delenv(name)
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path))


def test_what_the_driver_compiles_is_kept_in_the_users_cache(tmp_path):
    prepare()
    assert os.environ["CUDA_CACHE_PATH"] == str(tmp_path / "cuda-kernels")
    assert int(os.environ["CUDA_CACHE_MAXSIZE"]) < 2**32
    assert os.environ["MS_OM_PATH"] == str(tmp_path / "failed-graphs")  # not the current folder
    assert not list(tmp_path.iterdir())


def test_what_the_user_has_set_stands(monkeypatch):
    own = {"GLOG_v": "1", "CUDA_CACHE_PATH": "/own", "CUDA_CACHE_MAXSIZE": "1000"}
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    prepare("bf16")
    assert {name: os.environ[name] for name in own} == own
    assert kernel_cache() == Path("/own")
    assert os.environ["ONEDNN_DEFAULT_FPMATH_MODE"] == "BF16"


def test_what_other_programs_are_told_to_log_does_not_stop_mindspore(monkeypatch):
    for name, value in {"GLOG_v": "10", "GLOG_stderrthreshold": "INFO", "GLOG_logtostderr": "0"}.items():
        monkeypatch.setenv(name, value)
    prepare()
    assert {name: os.environ.get(name) for name in NAMES[:3]} == {
        "GLOG_v": "3",
        "GLOG_stderrthreshold": None,
        "GLOG_logtostderr": None,
    }


def test_what_mindspore_understands_stays(monkeypatch):
    own = {"GLOG_v": "0", "GLOG_stderrthreshold": "4", "GLOG_logtostderr": "0", "GLOG_log_dir": "/var/log/own"}
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    prepare()
    assert {name: os.environ[name] for name in own} == own
