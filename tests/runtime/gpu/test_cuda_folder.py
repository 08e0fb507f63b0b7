"""Where CUDA's libraries are found, and whether MindSpore takes the folder that is made of them."""

import os
import subprocess
import sys

import pytest

from ms_gan.runtime.gpu import cuda_folder
from ms_gan.runtime.gpu.cuda_folder import CUDA, CUDNN, Libraries, fill, in_system, in_wheels, lay_out
from tests.refusals import failed
from tests.runtime.cuda_stubs import build, needs_compiler, wheels


@pytest.fixture
def packages(tmp_path):
    return wheels(tmp_path / "packages")


def system_cuda(home, release="11.6.55"):
    """A complete CUDA folder; cuDNN among its libraries."""
    for name in (*CUDA, *CUDNN):
        (home / "lib64").mkdir(parents=True, exist_ok=True)
        (home / "lib64" / name).touch()
    (home / "lib64/libcudart.so.11.0").unlink()
    (home / f"lib64/libcudart.so.{release}").touch()
    (home / "lib64/libcudart.so.11.0").symlink_to(f"libcudart.so.{release}")
    (home / "bin").mkdir()
    (home / "bin/nvcc").touch(0o755)
    return home


def test_wheels_hold_everything(packages, tmp_path):
    found = in_wheels([tmp_path, packages])
    assert found.usable and found.home is None
    assert list(found.files)[: len(CUDA)] == list(CUDA)
    assert found.files["libcudnn.so.8"] == packages / "nvidia/cudnn/lib/libcudnn.so.8"
    assert "libnvrtc-builtins.so.11.8" in found.files


def test_missing_wheels_are_named(packages, tmp_path):
    (packages / "nvidia/cufft/lib/libcufft.so.10").unlink()
    assert in_wheels([packages]).missing == ("libcufft.so.10",)
    assert in_wheels([tmp_path]).missing == CUDA + CUDNN


def test_wheels_of_another_cuda_are_noticed(packages, monkeypatch):
    monkeypatch.setattr(cuda_folder, "OVERWRITERS", ("nvidia-cusolver-cu12", "numpy"))
    assert in_wheels([packages]).overwritten_by == "numpy"
    assert not in_wheels([packages]).usable


@pytest.mark.parametrize("release", ["11.6.55", "11.8.89"])
def test_a_complete_cuda_of_the_system(tmp_path, release):
    home = system_cuda(tmp_path / "cuda", release)
    found = in_system([tmp_path / "absent", home], [])
    assert (found.home, found.usable, found.origin) == (home, True, f"CUDA {release[:4]} in {home}")
    assert lay_out(found) == home


def test_cudnn_may_be_elsewhere(tmp_path):
    home, elsewhere = system_cuda(tmp_path / "cuda"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in CUDNN:
        (home / "lib64" / name).rename(elsewhere / name)
    assert in_system([home], []) is None
    assert in_system([home], [elsewhere]).files["libcudnn.so.8"] == elsewhere / "libcudnn.so.8"


@pytest.mark.parametrize("lacking", ["bin/nvcc", "lib64/libcufft.so.10", "lib64/libcudnn_cnn_infer.so.8"])
def test_an_incomplete_cuda_is_left_alone(tmp_path, lacking):
    home = system_cuda(tmp_path / "cuda")
    (home / lacking).unlink()
    assert in_system([home], []) is None


@pytest.mark.parametrize("release", ["11.1.105", "12.2.140"])
def test_another_release_is_left_alone(tmp_path, release):
    assert in_system([system_cuda(tmp_path / "cuda", release)], []) is None


def test_cuda_home_goes_first_and_wheels_last(packages, tmp_path, monkeypatch):
    monkeypatch.setattr(cuda_folder, "SYSTEM_FOLDERS", ())
    monkeypatch.setattr(sys, "path", [str(packages)])
    monkeypatch.setenv("CUDA_HOME", str(tmp_path / "cuda-12"))
    assert cuda_folder.find_libraries().origin == "CUDA 11.8 from pip"
    monkeypatch.setenv("CUDA_HOME", str(system_cuda(tmp_path / "cuda")))
    assert cuda_folder.find_libraries().home == tmp_path / "cuda"


def test_folder_is_made_once_and_mended(packages, tmp_path):
    files, folder = in_wheels([packages]).files, tmp_path / "cuda-11"
    fill(folder, files)
    links = {path.name: os.readlink(path) for path in (folder / "lib64").iterdir()}
    assert links.keys() == {*files, *cuda_folder.LONG_NAMES}
    assert links["libcudnn.so.8.9.6"] == links["libcudnn.so.8"] == str(files["libcudnn.so.8"])

    before = os.lstat(folder / "lib64/libcufft.so.10").st_ino
    (folder / "lib64/libcublas.so.11").unlink()
    (folder / "lib64/libcublas.so.11").symlink_to("/removed/libcublas.so.11")
    (folder / "bin/nvcc").write_text("")
    fill(folder, files)
    assert os.readlink(folder / "lib64/libcublas.so.11") == str(files["libcublas.so.11"])
    assert os.lstat(folder / "lib64/libcufft.so.10").st_ino == before
    told = subprocess.run([folder / "bin/nvcc", "--version"], capture_output=True, text=True, check=True).stdout
    assert told == "Cuda compilation tools, release 11.6, V11.6.124\n"


def test_an_environment_that_cannot_be_written(packages, tmp_path, monkeypatch):
    libraries = in_wheels([packages])
    (tmp_path / "a file").touch()
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "a file"))
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "cache"))
    assert lay_out(libraries) == tmp_path / "cache/cuda-11"
    monkeypatch.setenv("MS_GAN_CACHE", str(tmp_path / "a file"))
    with failed("unwritable", says="a file/cuda-11/bin/nvcc: .* set MS_GAN_CACHE"):
        lay_out(libraries)


@needs_compiler
def test_mindspores_own_checks_find_versions_that_they_know(device, tmp_path, monkeypatch):
    from mindspore.run_check import _check_version

    files = in_wheels([wheels(tmp_path, compiled=True)]).files
    fill(tmp_path / "cuda-11", files)
    needed = [str(files[name]) for name in ("libcudart.so.11.0", "libcudnn.so.8")]
    plugin = build(tmp_path / "libmindspore_gpu.so.11.6", "", "-Wl,--no-as-needed", *needed)
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path / "cuda-11/lib64"))
    said = []
    for level in ("warning", "error"):
        monkeypatch.setattr(_check_version.logger, level, said.append)

    checker = _check_version.GPUEnvChecker(str(plugin))
    checker.check_version()
    assert said == []
    assert checker.v == "11.6.124"
    assert checker._get_cudnn_version() == "896"
    monkeypatch.setenv("PATH", str(tmp_path / "cuda-11/bin"), prepend=os.pathsep)
    assert checker._get_nvcc_version(True) == "11.6"


def test_mindspores_loader_chooses_its_plugin_by_the_folder(packages, tmp_path):
    fill(tmp_path / "cuda-11", in_wheels([packages]).files)
    script = """
from mindspore._c_expression import MSContext
import mindspore
print(mindspore.get_context("device_target"), MSContext.get_instance().load_plugin_error())
"""
    environment = {**os.environ, "CUDA_HOME": str(tmp_path / "cuda-11"), "GLOG_v": "3"}
    environment.pop("LD_LIBRARY_PATH", None)
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment).stdout
    # It lacks the plugin's libraries, unless the machine has them where the plugin's RPATH leads.
    assert "libmindspore_gpu.so.11.6 failed. libcu" in told or told.startswith("GPU")


def test_what_cannot_be_used():
    assert Libraries("", {}).usable
    assert not Libraries("", {}, missing=("libcufft.so.10",)).usable
