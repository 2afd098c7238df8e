# SPDX-License-Identifier: MIT
#
# What a user sees first: dom0 is a PV domain, its kernel is content, all CPUs
# and the memory are there, and processes of all kinds run.

. /tests/lib.sh

same "hypervisor type" "$(cat /sys/hypervisor/type)" xen
same "hypervisor version" "$(cat /sys/hypervisor/version/major).$(cat \
    /sys/hypervisor/version/minor)" 4.17
check "hypervisor extra version" grep -q . /sys/hypervisor/version/extra
check "boot message" sh -c "dmesg | grep -q 'Hypervisor detected: Xen PV'"
check "capabilities" grep -q control_d /proc/xen/capabilities
check "privcmd" test -c /dev/xen/privcmd
check "evtchn" test -c /dev/xen/evtchn
check "fork and pipes" sh -c \
    'test "$(seq 2000 | while read -r n; do echo $n; done | tail -n 1)" = 2000'
check "exec" sh -c 'for i in $(seq 100); do busybox true || exit 1; done'
check "32-bit system calls" /tests/bin/int80
# The tests' CPU, -cpu max, has AVX.
check "floating point" /tests/bin/fpu avx
check "memory" sh -c 'dd if=/dev/zero of=/tmp/big bs=1M count=64 2>/dev/null &&
    test "$(wc -c </tmp/big)" = 67108864 && rm /tmp/big'
check "time goes on" sh -c 'a=$(date +%s); sleep 2; b=$(date +%s);
    test $((b - a)) -ge 2 && test $((b - a)) -le 6'
check "the year is right" test "$(date +%Y)" -ge 2020
check "module load" sh -c 'modprobe dummy && modprobe loop && rmmod dummy'
check "timer interrupts" grep -q timer /proc/interrupts
if [ "$(nproc)" -gt 1 ]; then
    check "work on every CPU" sh -c 'for c in $(seq 0 $(($(nproc) - 1))); do
        taskset -c $c busybox true || exit 1; done'
fi
quiet_log smoke
