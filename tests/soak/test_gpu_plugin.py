"""MindSpore's GPU plugin, loaded for real: the wheels of the extra `gpu` around a stand-in for NVIDIA's driver.

    $(bash scripts/setup_env.sh dev gpu) -m pytest tests/soak/test_gpu_plugin.py

It needs the wheels (3 GB), and no card: no kernel is run.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ms_gan.runtime.gpu.cuda import SYSTEM_CUDA
from ms_gan.runtime.gpu.cuda_folder import CUDA, CUDNN, in_wheels
from tests.runtime.cuda_stubs import build, driver, needs_compiler

ROOT = Path(__file__).parents[2]
WHEELS = in_wheels(map(Path, sys.path))

pytestmark = [
    needs_compiler,
    pytest.mark.skipif(not WHEELS.usable, reason="the wheels of the extra gpu are not installed"),
]

SCRIPT = """
import json, sys, time
from ms_gan.runtime import environment
from ms_gan.runtime.gpu import cuda
from ms_gan.runtime.gpu import cuda_folder
cuda_folder.SYSTEM_FOLDERS = ()
environment.prepare()
finding = cuda.examine_gpu()
started = time.monotonic()
cuda.prepare_gpu()
seconds = time.monotonic() - started
import mindspore as ms
from mindspore._c_expression import MSContext
maps = {line.split(maxsplit=5)[5].strip() for line in open("/proc/self/maps") if ".so" in line}
print(json.dumps({
    "usable": finding.usable, "notices": finding.notices, "seconds": seconds, "maps": sorted(maps),
    "available": ms.hal.is_available("GPU"), "target": ms.get_context("device_target"),
    "errors": MSContext.get_instance().load_plugin_error(),
}))
ms.set_device("CPU")
assert (ms.ops.ones((2, 2)) + 1).sum() == 8
"""


def load(folder, *before, script=SCRIPT):
    """Start MindSpore with the plugin in a new process; what it saw, and what it wrote on stderr."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CUDA_", "LD_"))}
    environment = {
        **kept, "PYTHONPATH": str(ROOT), "MS_GAN_CACHE": str(folder / "cache"), "GLOG_v": "2",
        "LD_LIBRARY_PATH": f"{driver(folder / 'driver')}:{sys.prefix}/cuda-11/lib64",
    }  # fmt: skip
    command = [*before, sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[0]), done.stderr


def test_the_plugin_loads_from_wheels_alone(tmp_path):
    seen, warnings = load(tmp_path)
    assert seen["usable"] and seen["available"] and seen["target"] == "GPU"
    assert "gpu" not in seen["errors"] and "cuda" not in warnings.lower()
    for name in (*CUDA, *CUDNN):
        assert os.path.realpath(WHEELS.files[name]) in seen["maps"]
    assert seen["seconds"] < 10


def test_a_system_cuda_of_another_release_is_kept_out(tmp_path):
    """Laid over the system's folder in a mount namespace of one process: the machine itself is not touched."""
    alone = ["unshare", "--map-root-user", "--mount"]
    if not SYSTEM_CUDA.is_dir() or not shutil.which("unshare") or subprocess.run([*alone, "true"]).returncode:
        pytest.skip(f"it takes a {SYSTEM_CUDA} to lay something over, and user namespaces")
    for name in ("libcurand.so.10", "libcusolver.so.11"):
        build(tmp_path / "other" / name, "", f"-Wl,-soname,{name}")
    over = ["sh", "-c", 'mount --bind "$0" "$1" && shift && exec "$@"', str(tmp_path / "other"), str(SYSTEM_CUDA)]

    by_search_path = SCRIPT.replace("cuda.prepare_gpu()", "cuda.preload = lambda libraries: None; cuda.prepare_gpu()")
    trapped, _ = load(tmp_path, *alone, *over, script=by_search_path)
    assert trapped["target"] == "CPU", "the trap is none: nothing is tested"

    seen, _ = load(tmp_path, *alone, *over)
    assert seen["notices"][0].startswith(f"another libcurand.so.10, libcusolver.so.11 in {SYSTEM_CUDA} is kept out")
    assert seen["available"] and seen["target"] == "GPU"
    assert not any(path.startswith(str(SYSTEM_CUDA.resolve())) for path in seen["maps"])
