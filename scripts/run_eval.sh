#!/usr/bin/env bash
# Measures the images of a trained generator: sets everything up where needed, then hands every argument to eval.py.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
set_up_environment ""
set_up_device "$@"
exec "$PYTHON" "$ROOT/eval.py" "$@"
