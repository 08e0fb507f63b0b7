#!/usr/bin/env bash
# Checks the style and runs the tests; arguments go to pytest, which runs in the project's folder.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
set_up_environment dev
cd -- "$ROOT"
"$PYTHON" -m ruff check . || fail "ruff check" "$PYTHON -m ruff check --fix ."
"$PYTHON" -m ruff format --check . || fail "ruff format --check" "$PYTHON -m ruff format ."
exec "$PYTHON" -m pytest "$@"
