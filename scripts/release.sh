#!/usr/bin/env bash
# Makes what a release consists of, in dist/, and tries it; publishes nothing. CONTRIBUTING.md describes it.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
unset PYTHONPATH VIRTUAL_ENV
status=0

# quietly COMMAND...: its output is shown only where it fails.
quietly() {
    "$@" >"$work/log" 2>&1 || { tail -n 15 "$work/log" >&2; echo "failed: $*" >&2; exit 1; }
}

# python_of VERSION: prints a Python of that version that can make environments; fails where there is none.
python_of() {
    local candidate
    for candidate in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python; do
        if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then # pyenv has stand-ins that only complain
            printf '%s\n' "$candidate"
            return
        fi
    done
    return 1
}

if [[ -e dist && -n "$(ls -A dist)" ]]; then
    echo "dist/ is not empty; move away what is in it" >&2
    exit 1
fi
pythons=()
for version in 3.10 3.11 3.12; do
    if found="$(python_of "$version")"; then
        pythons+=("$found")
    else
        echo "Python $version: left out, this machine has no such Python with venv"
    fi
done
if ((${#pythons[@]} == 0)); then
    echo "no Python 3.10-3.12 with venv on this machine; install one" >&2
    exit 1
fi

quietly "${pythons[0]}" -m venv "$work/tools"
quietly "$work/tools/bin/pip" install --no-cache-dir build twine cyclonedx-bom pip-audit
quietly "$work/tools/bin/python" -m build --outdir dist .
wheel="$(echo dist/*.whl)"
echo "built      $wheel, $(echo dist/*.tar.gz)"

# What git knows of the package is in the wheel: configs/ lies within it there.
git ls-files ms_gan configs | sed 's#^configs/#ms_gan/configs/#' | sort >"$work/wanted"
"$work/tools/bin/python" -m zipfile --list "$wheel" | awk '{print $1}' | sort >"$work/held"
missing="$(comm -23 "$work/wanted" "$work/held")"
if [[ -n "$missing" ]]; then
    printf 'the wheel lacks files that git has:\n%s\n' "$missing" >&2
    exit 1
fi
echo "complete   the wheel holds all $(wc -l <"$work/wanted") files of ms_gan/ and configs/"
quietly "$work/tools/bin/twine" check --strict dist/*
echo "checked    wheel and sdist, by twine"

for python in "${pythons[@]}"; do
    rm -rf "$work/venv" "$work/away"
    mkdir "$work/away"
    quietly "$python" -m venv "$work/venv"
    quietly "$work/venv/bin/pip" install --no-cache-dir "$wheel"
    (cd "$work/away" && quietly "$work/venv/bin/ms-gan-demo" --device CPU --output demo.html)
    versions="$("$work/venv/bin/python" -c 'import platform, mindspore; print(platform.python_version(), "MindSpore", mindspore.__version__)')"
    echo "installed  Python $versions: ms-gan-demo wrote $(wc -c <"$work/away/demo.html") bytes"
done

# Of the last environment; where this machine keeps the wheel is nobody's business.
rm -f "$work"/venv/lib/python3*/site-packages/ms_gan-*.dist-info/direct_url.json
sbom="${wheel%%-py3*}.cdx.json"
quietly "$work/tools/bin/cyclonedx-py" environment --output-reproducible --output-file "$sbom" "$work/venv/bin/python"
echo "listed     $sbom, $(grep -c '"purl"' "$sbom") packages"
if ! "$work/tools/bin/pip-audit" --progress-spinner off --format json --output dist/audit.json \
    --path "$work"/venv/lib/python3*/site-packages >"$work/log" 2>&1; then
    if [[ -s dist/audit.json ]]; then
        echo "audit      finds known weaknesses: dist/audit.json" >&2
        status=1
    else
        rm -f dist/audit.json
        echo "audit      left out, pip-audit could not reach its data: $(tail -n 1 "$work/log" | cut -c 1-60)"
    fi
else
    echo "audited    no known weaknesses: dist/audit.json"
fi
(cd dist && sha256sum -- * >"$work/sums" && mv "$work/sums" SHA256SUMS)
echo "summed     dist/SHA256SUMS"
exit "$status"
