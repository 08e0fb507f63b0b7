# shellcheck shell=bash
# What the other scripts share: the Python to use, with all that setup.py asks for installed. To be sourced.

ROOT="$(CDPATH="" cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)"
# shellcheck source=scripts/ascend_env.sh
source "$ROOT/scripts/ascend_env.sh"

# fail STEP REMEDY
fail() {
    printf 'step failed: %s\nremedy: %s\n' "$1" "$2" >&2
    exit 1
}

# suitable PYTHON: MindSpore has wheels for these versions only.
suitable() {
    "$1" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null
}

# Sets PYTHON, its folder ENVIRONMENT, and OWN where that is the project's own .venv.
choose_python() {
    OWN=""
    if [[ -n "${MS_GAN_PYTHON:-}" ]]; then
        PYTHON="$(command -v -- "$MS_GAN_PYTHON")" ||
            fail "choosing the Python: MS_GAN_PYTHON names $MS_GAN_PYTHON, which is no program" \
                "name a Python 3.10-3.12, or unset it"
        [[ "$PYTHON" == /* ]] || PYTHON="$PWD/$PYTHON"
    elif [[ -n "${VIRTUAL_ENV:-}" ]]; then
        PYTHON="$VIRTUAL_ENV/bin/python"
    elif [[ -n "${CONDA_PREFIX:-}" && "${CONDA_DEFAULT_ENV:-}" != base ]]; then # base is active unasked
        PYTHON="$CONDA_PREFIX/bin/python"
    else
        OWN=yes
        ENVIRONMENT="$ROOT/.venv"
        PYTHON="$ENVIRONMENT/bin/python"
        return
    fi
    suitable "$PYTHON" || fail "choosing the Python: $PYTHON is not a Python 3.10-3.12" \
        "deactivate its environment or unset MS_GAN_PYTHON, so that .venv is made here; or choose another"
    ENVIRONMENT="$("$PYTHON" -c 'import sys; print(sys.prefix)')"
}

# lacking EXTRAS: prints what the environment lacks; fails where that is nothing.
lacking() {
    ! "$PYTHON" "$ROOT/scripts/check_env.py" "$1" 2>&1
}

make_venv() {
    local candidate
    for candidate in python3 python3.12 python3.11 python3.10; do
        if suitable "$candidate" && "$candidate" -c 'import venv, ensurepip' 2>/dev/null; then
            # What an interrupted attempt or a removed Python left behind would be kept by venv.
            find "$ENVIRONMENT" -mindepth 1 -maxdepth 1 ! -name 'ms_gan-setup.*' -exec rm -rf {} +
            run_logged "making $ENVIRONMENT" "$candidate" -m venv "$ENVIRONMENT"
            return
        fi
    done
    fail "finding a Python 3.10-3.12 with its module venv" \
        "install one (Debian: apt-get install python3-venv), or name one: MS_GAN_PYTHON=/path/to/python"
}

# told COMMAND...: runs it, and tells every few seconds since when, how much the environment holds, and what pip does.
told() {
    local teller status=0
    (
        exec </dev/null 9>&-
        while sleep 5 >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
            printf '  %3d s, %s of %s: %.70s\n' $((SECONDS - SINCE)) "$(du -sh "$ENVIRONMENT" 2>/dev/null | cut -f1)" \
                "$SPACE" "$(tail -n 1 "$LOG" 2>/dev/null)" >&2
        done
    ) &
    teller=$!
    "$@" </dev/null >>"$LOG" 2>&1 || status=$?
    kill "$teller" 2>/dev/null || true
    wait "$teller" 2>/dev/null || true
    return "$status"
}

# run_logged STEP COMMAND...: says what it does; the command's own output is shown only where it fails.
run_logged() {
    local step="$1"
    shift
    echo "$step" >&2
    told "$@" && return
    tail -n 15 "$LOG" >&2
    fail "$step (whole output: $LOG)" \
        "do as the lines above say, or check the network and the disk ($SPACE free); then run this again"
}

# install EXTRAS: one process at a time; the lock ends with its process, however that ends.
install() {
    local lock="$ENVIRONMENT/ms_gan-setup.lock" still
    LOG="$ENVIRONMENT/ms_gan-setup.log"
    SPACE="3 GB"
    if [[ ",$1," == *,gpu,* ]]; then SPACE="6 GB"; fi
    if ! { mkdir -p "$ENVIRONMENT" && : >>"$lock"; } 2>/dev/null; then
        fail "writing to $ENVIRONMENT" "make it writable, or activate a virtual environment that is"
    fi
    (
        if command -v flock >/dev/null && ! flock --nonblock 9; then
            echo "waiting for another set-up of $ENVIRONMENT" >&2
            flock 9
        fi
        lacking "$1" >/dev/null || exit 0
        : >"$LOG" # while it exists, check_env.py calls the environment unfinished
        echo "setting up $ENVIRONMENT: MindSpore and what ms_gan needs${1:+, with $1}; $SPACE, a minute or more" >&2
        SINCE=$SECONDS
        if [[ -n "$OWN" ]] && ! { suitable "$PYTHON" && "$PYTHON" -m pip --version &>/dev/null; }; then make_venv; fi
        run_logged "1 of 2: renewing pip" "$PYTHON" -m pip install --no-input 'pip>=21.3' # older ones refuse --editable
        run_logged "2 of 2: downloading and installing the packages" "$PYTHON" -m pip install --no-input --editable "$ROOT${1:+[$1]}"
        rm "$LOG"
        echo "set up in $((SECONDS - SINCE)) s" >&2
    ) 9>>"$lock"
    if still="$(lacking "$1")"; then
        fail "checking $ENVIRONMENT: $still" \
            "mend what that line names, or use a fresh environment (delete .venv, or unset what chose this one)"
    fi
}

# set_up_environment EXTRAS: afterwards PYTHON has what setup.py asks for, with the comma-separated extras.
set_up_environment() {
    choose_python
    if lacking "$1" >/dev/null; then install "$1"; fi
}

# device_among ARGUMENTS...: prints the device that --device names there, in whatever case, GPU for cuda and gpu:1; auto
# where it is not there.
device_among() (
    device=auto
    shopt -s nocasematch
    while (($#)); do
        case "$1" in
            --device=*) device="${1#*=}" ;;
            --device) device="${2:-}" ;;
        esac
        shift
    done
    if [[ "$device" =~ ^(gpu|cuda|ascend|npu):[0-9]{1,3}$ ]]; then device="${device%:*}"; fi
    case "$device" in
        auto) device=auto ;;
        cpu) device=CPU ;;
        gpu | cuda) device=GPU ;;
        ascend | npu) device=Ascend ;;
    esac
    printf '%s\n' "$device"
)

# cuda STATEMENT: runs a statement with ms_gan.runtime.gpu.cuda under the name cuda.
cuda() {
    PYTHONPATH="$ROOT${PYTHONPATH:+:$PYTHONPATH}" "$PYTHON" -c "from ms_gan.runtime import cuda; $1"
}

# set_up_device ARGUMENTS...: what the device among a command's arguments needs besides, once the environment is set up.
# For an Ascend that is CANN's environment. On a machine whose GPU lacks nothing but CUDA's libraries, these are
# installed.
set_up_device() {
    case "$(device_among "$@")" in
        Ascend | auto) source_cann ;;
        GPU) if cuda 'raise SystemExit(not cuda.lacks_libraries())'; then set_up_environment gpu; fi ;;
    esac
}
