#!/bin/sh
# Makes the passwords that compose.yaml uses, once, in deploy/secrets/ (which git ignores).
set -eu
cd "$(dirname "$0")"
if [ -e secrets/valkey.acl ]; then
    if [ ! -e secrets/worker_url ]; then
        echo "deploy/secrets is of an older version, with one user for all: remove it, and run this again." >&2
        exit 1
    fi
    echo "deploy/secrets exists already; to renew the passwords, remove it and restart everything." >&2
    exit 0
fi
umask 077
mkdir -p secrets
# By the shell's own means: what another program is given stands in the list of processes.
while IFS= read -r line; do
    case $line in
    *@PASSWORD@*)
        user=${line#user }
        user=${user%% *}
        password=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
        printf 'redis://%s:%s@valkey:6379/0\n' "$user" "$password" >"secrets/${user}_url"
        line=${line%%@PASSWORD@*}$password${line#*@PASSWORD@}
        ;;
    esac
    printf '%s\n' "$line"
done <valkey/users.acl.in >secrets/valkey.new
# Last, and in one step: where this file is, all are.
mv secrets/valkey.new secrets/valkey.acl
# Containers read these as users of their own; the folder keeps everybody else on this machine out.
chmod 644 secrets/*
echo "made deploy/secrets: poller_url and worker_url for stancewire, consumer_url for whatever reads the signals," \
    "scaler_url for whatever starts more workers when more waits" >&2
