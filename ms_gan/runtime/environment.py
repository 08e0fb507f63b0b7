"""Environment variables that MindSpore reads while it is imported."""

import os
from typing import Tuple

MATHS_MODES = ("ONEDNN_DEFAULT_FPMATH_MODE", "DNNL_DEFAULT_FPMATH_MODE")  # the first one wins


def prepare(precision: str = "fp32") -> None:
    """Set what MindSpore's import should find; what the user has set already stands.

    Args:
        precision: bf16 lets oneDNN, which computes on CPUs, multiply in bfloat16.
    """
    # MindSpore logs warnings for developers (deprecated operators of its own) at every import; errors still show.
    os.environ.setdefault("GLOG_v", "3")
    if precision == "bf16" and not maths_mode()[1]:
        os.environ[MATHS_MODES[0]] = "BF16"


def maths_mode() -> Tuple[str, str]:
    """The variable that sets oneDNN's maths mode and its value, "" where none does."""
    return next(((name, os.environ[name]) for name in MATHS_MODES if os.environ.get(name)), (MATHS_MODES[0], ""))
