# SPDX-License-Identifier: MIT
#
# What the scripts that /init runs in dom0 (parvis.test=NAME) have in common:
# each result is one line "TEST name: pass|fail|skip why" on the console.

# check NAME COMMAND...: passes if the command does.
check() {
    check_name=$1
    shift
    if check_said=$("$@" 2>&1); then
        echo "TEST $check_name: pass"
    else
        echo "TEST $check_name: fail $(echo "$check_said" | tail -n 1)"
    fi
}

# same NAME GOT WANTED
same() {
    if [ "$2" = "$3" ]; then
        echo "TEST $1: pass"
    else
        echo "TEST $1: fail it is '$2', not '$3'"
    fi
}

# The kernel has not complained since the boot.
quiet_log() {
    complaint=$(dmesg | grep -E 'WARNING: CPU|BUG: |Call Trace|blocked for more|self-detected stall|MCE:' | head -n 1)
    same "$1: kernel log" "$complaint" ""
}

# The interface whose driver is $1; nothing if there is none.
interface_of() {
    for i in /sys/class/net/*/device/driver; do
        [ "$(basename "$(readlink "$i")")" = "$1" ] || continue
        i=${i#/sys/class/net/}
        echo "${i%%/*}"
        return
    done
}

# Waits for /init's DHCP, for a bounded time.
wait_network() {
    for i in $(seq 60); do
        [ -e /run/net.done ] && return
        sleep 1
    done
}
