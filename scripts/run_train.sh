#!/usr/bin/env bash
# Trains a GAN: sets everything up where needed, then hands every argument to train.py.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
set_up_environment ""
set_up_device "$@"
exec "$PYTHON" "$ROOT/train.py" "$@"
