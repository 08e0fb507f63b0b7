#!/usr/bin/env bash
# Makes images with a trained generator: sets everything up where needed, then hands every argument to infer.py.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
set_up_environment ""
set_up_device "$@"
exec "$PYTHON" "$ROOT/infer.py" "$@"
