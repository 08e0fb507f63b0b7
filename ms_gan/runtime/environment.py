"""Environment variables that MindSpore reads while it is imported."""

import os
from pathlib import Path
from typing import Tuple

from ms_gan.runtime.paths import cache_dir

MATHS_MODES = ("ONEDNN_DEFAULT_FPMATH_MODE", "DNNL_DEFAULT_FPMATH_MODE")  # the first one wins
LOG_LEVELS = ("GLOG_v", "GLOG_stderrthreshold")
TO_SCREEN, LOG_FOLDER = "GLOG_logtostderr", "GLOG_log_dir"


def prepare(precision: str = "fp32") -> None:
    """Set what MindSpore's import should find; what the user has set already stands.

    Args:
        precision: bf16 lets oneDNN, which computes on CPUs, multiply in bfloat16.
    """
    _drop_log_settings_of_others()
    # MindSpore logs warnings for developers (deprecated operators of its own) at every import; errors still show.
    os.environ.setdefault("GLOG_v", "3")
    # NVIDIA's driver reads these when it starts. What it has compiled for a new card should be kept: that took minutes.
    os.environ["CUDA_CACHE_PATH"] = str(kernel_cache())
    os.environ.setdefault("CUDA_CACHE_MAXSIZE", "4000000000")
    # Where it writes down a graph that it cannot compile; otherwise that is a folder rank_0 in the current one.
    os.environ.setdefault("MS_OM_PATH", str(cache_dir() / "failed-graphs"))
    if precision == "bf16" and not maths_mode()[1]:
        os.environ[MATHS_MODES[0]] = "BF16"


def _drop_log_settings_of_others() -> None:
    """Unset what other programs with Google's logging library understand, and MindSpore's import fails at."""
    for name in LOG_LEVELS:
        if os.environ.get(name, "").strip() not in ("", "0", "1", "2", "3", "4"):
            del os.environ[name]
    to_screen, folder = (os.environ.get(name, "").strip() for name in (TO_SCREEN, LOG_FOLDER))
    if to_screen not in ("", "0", "1") or (to_screen == "0" and not folder):
        del os.environ[TO_SCREEN]


def kernel_cache() -> Path:
    """The folder in which NVIDIA's driver keeps the kernels that it has compiled; it need not exist yet."""
    return Path(os.environ.get("CUDA_CACHE_PATH") or cache_dir() / "cuda-kernels")


def maths_mode() -> Tuple[str, str]:
    """The variable that sets oneDNN's maths mode and its value, "" where none does."""
    return next(((name, os.environ[name]) for name in MATHS_MODES if os.environ.get(name)), (MATHS_MODES[0], ""))
