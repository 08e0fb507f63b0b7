#!/usr/bin/env bash
# Sets everything up and prints the Python to use: setup_env.sh [EXTRA,...], with setup.py's extras (dev, bench, gpu).
#
# That Python is MS_GAN_PYTHON, or else the active environment's, or else that of .venv in the project's folder.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
set_up_environment "${1:-}"
echo "$PYTHON"
