"""Stand-ins for NVIDIA's driver and for CUDA's libraries, compiled where there is a C compiler."""

import shutil
import subprocess
from pathlib import Path

import pytest

from ms_gan.runtime.gpu.cuda_folder import CUDA, CUDNN

COMPILER = shutil.which("cc") or shutil.which("gcc")
needs_compiler = pytest.mark.skipif(COMPILER is None, reason="there is no C compiler for the stand-in libraries")

# Answers as STUB_* in the environment say. The later functions are what MindSpore's plugin links to besides.
DRIVER = """
#include <stdlib.h>
#include <string.h>
static int number(const char *name, int otherwise) {
    const char *text = getenv(name);
    return text ? atoi(text) : otherwise;
}
int cuInit(unsigned flags) { return number("STUB_INIT", 0); }
int cuDriverGetVersion(int *version) { *version = number("STUB_CUDA", 12020); return 0; }
int cuDeviceGetCount(int *count) { *count = number("STUB_CARDS", 1); return 0; }
int cuDeviceGet(int *device, int ordinal) { *device = ordinal; return 0; }
int cuDeviceGetName(char *name, int length, int device) {
    strncpy(name, device ? "Stand-in B" : "Stand-in A", length);
    return 0;
}
int cuDeviceGetAttribute(int *value, int attribute, int device) {
    int capability = number("STUB_CAPABILITY", 80);
    *value = attribute == 75 ? capability / 10 : attribute == 76 ? capability % 10 : 0;
    return 0;
}
int cuGetErrorName(int error, const char **name) { *name = "CUDA_ERROR_STAND_IN"; return 0; }
int cuLaunchKernel(void) { return 100; }
int cuModuleGetFunction(void) { return 100; }
int cuModuleLoadDataEx(void) { return 100; }
int cuModuleUnload(void) { return 100; }
int cuStreamSynchronize(void) { return 100; }
"""


def build(path: Path, source: str, *flags: str) -> Path:
    """Compile a shared library; its soname is among the flags, if it is to have one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    command = [COMPILER, "-shared", "-fPIC", "-o", str(path), "-x", "c", "-", "-x", "none", *flags]
    subprocess.run(command, input=source, text=True, check=True)
    return path


def driver(folder: Path) -> Path:
    """A folder for LD_LIBRARY_PATH with a driver in it."""
    return build(folder / "libcuda.so.1", DRIVER, "-Wl,-soname,libcuda.so.1").parent


def wheels(packages: Path, compiled: bool = False) -> Path:
    """The folders that the wheels of CUDA 11 make in a folder of packages, with empty files or with libraries."""
    places = {"libcudart": "cuda_runtime", "libnvrtc": "cuda_nvrtc", "libcudnn": "cudnn"}
    for name in (*CUDA, *CUDNN, "libnvrtc-builtins.so.11.8"):
        stem = name.split(".")[0]
        place = next((place for start, place in places.items() if stem.startswith(start)), stem[3:])
        path = packages / "nvidia" / place / "lib" / name
        if compiled:
            build(path, "", f"-Wl,-soname,{name}")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    return packages
