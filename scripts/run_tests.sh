#!/usr/bin/env bash
# Checks the style and runs the tests; arguments go to pytest, which runs in the project's folder, on two cores.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
set_up_environment dev
cd -- "$ROOT"
"$PYTHON" -m ruff check . || fail "ruff check" "$PYTHON -m ruff check --fix ."
"$PYTHON" -m ruff format --check . || fail "ruff format --check" "$PYTHON -m ruff format ."
# Most of a test is the compilation of a graph, which takes one core.
exec env OMP_NUM_THREADS=1 "$PYTHON" -m pytest -n 2 --dist worksteal "$@"
