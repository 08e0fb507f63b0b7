#!/usr/bin/env bash
# Tells what of this machine a run can use and what to do about the rest; every argument goes to ms_gan.cli.doctor.
# Nothing is installed: where the project's Python is not set up yet, the system's one looks.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
choose_python
[[ -x "$PYTHON" ]] || PYTHON="$(command -v python3)" ||
    fail "finding a Python" "install Python 3.10-3.12, or name one: MS_GAN_PYTHON=/path/to/python"
source_cann
PYTHONPATH="$ROOT${PYTHONPATH:+:$PYTHONPATH}" exec "$PYTHON" -m ms_gan.cli.doctor "$@"
