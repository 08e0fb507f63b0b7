#!/usr/bin/env bash
# Sets everything up and prints the Python to use: MS_GAN_PYTHON, or else the active environment's, or else that of
# .venv in the project's folder, which is made where it is missing.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

usage() {
    echo "usage: setup_env.sh [--device DEVICE] [EXTRA...]
DEVICE is auto, CPU, GPU (cuda) or Ascend (npu); GPU is the same as the EXTRA gpu
EXTRA is one of setup.py's: dev, metrics, export, explore, tensorboard, bench, docs, gpu" >&2
    exit 2
}

extras=""
add() { extras="${extras:+$extras,}$1"; }
while (($#)); do
    case "$1" in
        --device)
            set -- "--device=${2:-}" "${@:3}"
            continue
            ;;
        --device=*)
            case "$(device_among "$1")" in
                GPU) add gpu ;;
                auto | CPU | Ascend) ;;
                *) usage ;;
            esac
            ;;
        -*) usage ;;
        *) add "$1" ;;
    esac
    shift
done
set_up_environment "$extras"
if [[ ",$extras," == *,gpu,* ]]; then cuda 'cuda.set_up()'; fi
echo "$PYTHON"
