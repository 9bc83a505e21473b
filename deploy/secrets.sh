#!/bin/sh
# Makes the passwords that compose.yaml uses, once, in deploy/secrets/ (which git ignores).
set -eu
cd "$(dirname "$0")"
if [ -e secrets/valkey.acl ]; then
    echo "deploy/secrets exists already; to renew the passwords, remove it and restart everything." >&2
    exit 0
fi
password() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
stancewire=$(password)
consumer=$(password)
mkdir -p secrets
chmod 700 secrets
sed -e "s/@STANCEWIRE@/$stancewire/" -e "s/@CONSUMER@/$consumer/" valkey/users.acl.in >secrets/valkey.acl
printf 'redis://stancewire:%s@valkey:6379/0\n' "$stancewire" >secrets/redis_url
printf 'redis://consumer:%s@valkey:6379/0\n' "$consumer" >secrets/consumer_url
# Containers read these as users of their own; the folder keeps everybody else on this machine out.
chmod 644 secrets/*
echo "made deploy/secrets: redis_url for stancewire, consumer_url for whatever reads the signals" >&2
