#!/bin/sh
# Sets up .venv: `install.sh` for running, `install.sh all` with the optional languages and model, `install.sh dev` for
# tests and checks as well. A second call returns at once.
# It installs exactly what the lock files name, verified by hash, and touches nothing outside this folder.
set -eu
cd "$(dirname "$0")/.."

kind=${1:-run}
case $kind in
run) lock=requirements.lock ;;
all) lock=requirements-all.lock ;;
dev) lock=requirements-dev.lock ;;
*) echo "usage: scripts/install.sh [run|all|dev]" >&2 && exit 2 ;;
esac
python=.venv/bin/python
stamp=.venv/.installed-$kind
log=.venv/install.log
# A virtual environment holds its own path, so one that was moved must be made anew.
here="path $(pwd -P)"
wanted="$here
$(cksum "$lock" pyproject.toml scripts/install.sh)"
if [ -x $python ] && [ -f $stamp ] && [ "$(cat $stamp)" = "$wanted" ]; then exit 0; fi

say() { printf '%s\n' "$*" >&2; }

version_of() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null; }

is_fit() { case $(version_of "$1") in 3.11 | 3.12 | 3.13) return 0 ;; *) return 1 ;; esac; }

find_python() {
    for name in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11; do
        if is_fit "$name"; then
            without_venv=$name
            if "$name" -c 'import ensurepip, venv' 2>/dev/null; then
                found=$name
                return
            fi
        fi
    done
    if [ -n "${without_venv:-}" ]; then
        say "$without_venv cannot make virtual environments. On Debian and Ubuntu: sudo apt-get install python3-venv"
    else
        say "stancewire needs Python 3.11, 3.12 or 3.13; python3 here is $(version_of python3 || echo missing)."
        say "Install one of them (Debian 12, Ubuntu 24.04: sudo apt-get install python3 python3-venv) or uv" \
            "(https://docs.astral.sh/uv), or name one: make install PYTHON=/path/to/python3.12"
    fi
    exit 1
}

# uv does not read pip's configuration: who has set up an index, a proxy or a certificate for pip gets pip.
pip_is_configured() {
    env | grep -Eq '^PIP_(INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|NO_INDEX|PROXY|CERT|CLIENT_CERT)=.' && return 0
    for file in "${PIP_CONFIG_FILE:-}" /etc/pip.conf /etc/xdg/pip/pip.conf "${XDG_CONFIG_HOME:-${HOME:-}/.config}/pip/pip.conf" \
        "${HOME:-}/.pip/pip.conf" "${HOME:-}/Library/Application Support/pip/pip.conf"; do
        if [ -f "$file" ] && grep -Eq '^ *(index-url|extra-index-url|find-links|no-index|proxy|cert|client-cert) *=' "$file"; then
            return 0
        fi
    done
    return 1
}

with_uv() {
    say "Installing the packages of $lock with uv; the first time this fetches more than 100 MB."
    if ! [ -x $python ]; then uv venv --quiet --python '>=3.11,<3.14' .venv || return 1; fi
    uv pip install --python $python --require-hashes -r "$lock" || return 1
    uv pip install --quiet --python $python --no-deps --no-build-isolation --editable .
}

with_pip() {
    if ! { [ -x $python ] && $python -m pip --version >/dev/null 2>&1; }; then
        find_python
        say "Making .venv with $("$found" -c 'import platform; print("Python " + platform.python_version())')."
        rm -rf .venv
        "$found" -m venv .venv || return 1
    fi
    say "Installing the packages of $lock with pip; the first time this fetches more than 100 MB."
    # These two would put the packages outside .venv.
    unset PIP_TARGET PIP_PREFIX
    export PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PYTHONUNBUFFERED=1
    { $python -m pip install --progress-bar off --require-hashes -r "$lock" 2>&1 || : >$log.failed; } | show_progress
    if [ -e $log.failed ]; then
        rm -f $log.failed
        tail -n 25 $log >&2
        return 1
    fi
    $python -m pip install --quiet --no-deps --no-build-isolation --editable .
}

# Reads what pip says into the log, and shows one line for it: on a terminal, one that changes.
show_progress() {
    total=$(grep -c '^[a-z]' "$lock")
    count=0
    : >$log
    while IFS= read -r line; do
        printf '%s\n' "$line" >>$log
        case $line in
        Collecting* | "Requirement already"*)
            count=$((count + 1))
            if [ -t 2 ]; then printf '\r  %s of about %s packages' $count "$total" >&2; fi
            ;;
        Installing*) if [ -t 2 ]; then printf '\r  unpacking %s packages        ' $count >&2; else say "  unpacking $count packages"; fi ;;
        esac
    done
    if [ -t 2 ]; then printf '\n' >&2; fi
}

if [ -e .venv ]; then
    if ! is_fit $python; then
        say "Removing .venv: its Python does not run, or is not 3.11 to 3.13."
        rm -rf .venv
    elif [ -f $stamp ] && [ "$(head -n 1 $stamp)" != "$here" ]; then
        say "Removing .venv: this folder was moved since it was made."
        rm -rf .venv
    fi
fi
unset PYTHONHOME PYTHONPATH
trap 'status=$?; if [ $status -ne 0 ] && [ -e $log ]; then say "Not installed (see above). The same command goes on from here."; fi' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

if command -v uv >/dev/null 2>&1 && ! pip_is_configured; then
    with_uv || { say "uv did not succeed, trying pip." && with_pip; }
else
    with_pip
fi
# Each kind holds the ones before it.
stamped() { printf '%s\n' "$here" "$(cksum "$1" pyproject.toml scripts/install.sh)" >".venv/.installed-$2"; }
stamped requirements.lock run
if [ "$kind" != run ]; then stamped requirements-all.lock all; fi
if [ "$kind" = dev ]; then stamped requirements-dev.lock dev; fi
say "Installed into .venv."
