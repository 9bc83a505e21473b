#!/bin/sh
# Each signal at least once, a line of JSON each, with nothing but redis-cli and jq: `loop.sh -s /path/to/valkey.sock`.
# What stands behind the loop is whatever you do with a line; the entry is acknowledged afterwards.
set -eu
stream=stancewire:signals:v1 group=shell consumer=one
redis-cli "$@" XGROUP CREATE $stream $group 0 MKSTREAM >/dev/null 2>&1 || :

after=0 # first what this consumer took and did not finish, then what is new
while :; do
    entry=$(redis-cli "$@" --json XREADGROUP GROUP $group $consumer COUNT 1 BLOCK 1000 STREAMS $stream "$after")
    id=$(printf '%s' "$entry" | jq -r 'if type == "object" then .[] | .[0][0] // empty else empty end')
    if [ -z "$id" ]; then
        if [ "$after" = '>' ] && [ -n "${ONCE:-}" ]; then exit 0; fi
        after='>'
        continue
    fi
    printf '%s' "$entry" | jq -c '.[][0][1] as $f | [range(0; $f | length; 2) | {($f[.]): $f[. + 1]}] | add | .data | fromjson'
    redis-cli "$@" XACK $stream $group "$id" >/dev/null
done
