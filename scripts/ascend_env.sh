# shellcheck shell=bash
# CANN's environment, which MindSpore needs on an Ascend before Python starts. To be sourced.

# cann_script: prints the set_env.sh of the CANN that the environment names, else of the first of the places where its
# installer puts it; fails where there is none. ms_gan/runtime/ascend/cann.py has the same list.
cann_script() {
    local base folder place
    local -a places=()
    for folder in "${ASCEND_HOME_PATH:-}" "${ASCEND_TOOLKIT_HOME:-}"; do
        if [[ -n "$folder" ]]; then places+=("$folder"); fi
    done
    for base in /usr/local/Ascend "${HOME:-}/Ascend"; do
        places+=("$base/cann")
        if compgen -G "$base/cann-*" >/dev/null; then
            while IFS= read -r folder; do places+=("$folder"); done < <(compgen -G "$base/cann-*" | sort -Vr)
        fi
        places+=("$base/ascend-toolkit/latest")
    done
    for folder in "${places[@]}"; do
        if [[ -d "$folder/opp" ]]; then
            for place in "$folder" "${folder%/*}"; do # the older layout has the script beside the version's folder
                if [[ -r "$place/set_env.sh" ]]; then
                    printf '%s\n' "$place/set_env.sh"
                    return
                fi
            done
        fi
    done
    return 1
}

# source_cann: sources CANN's set_env.sh where this shell has not got its variables, and says so in one line on stderr.
# Where CANN is not installed it does nothing: the command that is started says what is missing, and the remedy.
source_cann() {
    local script options="$-"
    if [[ -n "${ASCEND_HOME_PATH:-}" && "${ASCEND_OPP_PATH:-}" == */opp* &&
        "${PYTHONPATH:-}" == *opp/built-in/op_impl/ai_core/tbe* && "${LD_LIBRARY_PATH:-}" == */lib64* ]]; then
        return 0
    fi
    script="$(cann_script)" || return 0
    set +eu # CANN's scripts read variables that are not set, and go on after commands that fail
    set --
    # shellcheck disable=SC1090
    source "$script" >&2
    if [[ "$options" == *e* ]]; then set -e; fi
    if [[ "$options" == *u* ]]; then set -u; fi
    echo "CANN's environment: sourced $script" >&2
}
