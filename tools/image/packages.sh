#!/bin/sh
# SPDX-License-Identifier: MIT
#
# packages.sh GROUP...: installs the Debian packages of these groups that are
# missing (packages.txt beside this file lists them). Asks nothing, and does
# not touch the network when there is nothing to install.
set -eu

list=$(dirname "$0")/packages.txt

installed() {
    test "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = \
        installed
}

# Prints what to install for one line of the list; nothing if it is there.
missing() {
    first=${1%%|*}
    for name in $(echo "$1" | tr '|' ' '); do
        installed "$name" && return 0
    done
    echo "$first"
}

if ! command -v dpkg-query >/dev/null; then
    echo "packages.sh: no dpkg-query: this is not Debian; what is needed" \
        "is listed in $list" >&2
    exit 0
fi

want=
for group in "$@"; do
    for name in $(sed -n "s/^$group  *\([^ ]*\).*/\1/p" "$list"); do
        want="$want $(missing "$name")"
    done
done
want=$(echo $want)
test -n "$want" || exit 0

if [ "$(id -u)" != 0 ]; then
    echo "packages.sh: as root, run: apt-get install $want" >&2
    exit 1
fi

echo "packages.sh: installing $want" >&2
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The lists may be absent or out of date: fetch them, then try.
apt-get update -qq </dev/null >"$log" 2>&1 || {
    cat "$log" >&2
    echo "packages.sh: apt-get update failed; trying with the old lists" >&2
}
apt-get install -qq -y --no-install-recommends $want </dev/null \
    >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    echo "packages.sh: apt-get cannot install these; are the sources of" \
        "this machine (/etc/apt) those of Debian 12?" >&2
    exit 1
}
