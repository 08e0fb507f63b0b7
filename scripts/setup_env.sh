#!/usr/bin/env bash
# Sets everything up and prints the Python to use: MS_GAN_PYTHON, or else the active environment's, or else that of
# .venv in the project's folder, which is made where it is missing.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
if [[ "${1:-}" == -* ]]; then
    echo "usage: setup_env.sh [EXTRA...], where EXTRA is one of setup.py's: dev, bench, gpu" >&2
    exit 2
fi
IFS=,
set_up_environment "$*"
echo "$PYTHON"
