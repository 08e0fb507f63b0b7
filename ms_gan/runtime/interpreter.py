"""The Python that runs a command: this one where it has what the project needs, else the one that was set up for it."""

import importlib.util
import os
import sys
from pathlib import Path

NEEDED = ("mindspore", "jsonargparse")


def ensure_environment(root: Path) -> None:
    """Start the command again under the project's Python where the present one lacks the project's packages.

    So `python infer.py` works right after `bash scripts/run_train.sh`, with no environment activated.

    Args:
        root: the project's folder; its Python is MS_GAN_PYTHON, or that of `.venv` there.

    Raises:
        SystemExit: no Python has the packages; says how to set one up.
    """
    if all(importlib.util.find_spec(name) for name in NEEDED):
        return
    python = os.environ.get("MS_GAN_PYTHON") or str(Path(root) / ".venv" / "bin" / "python")
    # A Python that was started again and still lacks the packages must not go round in circles.
    if os.access(python, os.X_OK) and not os.environ.get("MS_GAN_STARTED_AGAIN"):
        os.environ["MS_GAN_STARTED_AGAIN"] = "1"
        os.execv(python, [python, *sys.argv])
    print(
        f"error: {sys.executable} lacks the project's packages; install them with: bash scripts/setup_env.sh",
        file=sys.stderr,
    )
    raise SystemExit(1)
