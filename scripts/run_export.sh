#!/usr/bin/env bash
# Writes a trained generator as a file for other programs: sets everything up where needed, then hands every argument
# to export.py.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
set_up_environment ""
set_up_device "$@"
exec "$PYTHON" "$ROOT/export.py" "$@"
