#!/usr/bin/env bash
# Looks at a folder of pictures before it is trained on; every argument goes to ms_gan.data.inspect.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
set_up_environment ""
PYTHONPATH="$ROOT${PYTHONPATH:+:$PYTHONPATH}" exec "$PYTHON" -m ms_gan.data.inspect "$@"
