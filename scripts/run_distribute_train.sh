#!/usr/bin/env bash
# Trains a GAN in several processes at once, on one machine or several: sets everything up where needed, then hands
# every argument to ms_gan.cli.launch.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
set_up_environment ""
set_up_device "$@"
PYTHONPATH="$ROOT${PYTHONPATH:+:$PYTHONPATH}" exec "$PYTHON" -m ms_gan.cli.launch "$@"
