# SPDX-License-Identifier: MIT
#
# Loads all CPUs with stress-ng's stressors, while a disk and the network
# work, a module comes and goes, and CPUs go off- and online. The kernel must
# not complain. parvis.seconds= is the length.

. /tests/lib.sh

seconds=$(parameter parvis.seconds)
seconds=${seconds:-60}
end=$(($(date +%s) + seconds))
cpus=$(nproc)

until_end() {
    count=0
    while [ "$(date +%s)" -lt $end ]; do
        "$@" || return 1
        count=$((count + 1))
    done
    echo "$count times"
    test $count -gt 0
}

stressors() {
    /tests/bin/stress-ng --temp-path /tmp --timeout "$seconds" \
        --cpu 2 --fork 1 --mmap 1 --mmap-bytes 16M --vm 1 --vm-bytes 32M \
        --switch 1 --timer 1 --sigrt 1 --no-rand-seed --verify
}

disk_round() {
    dd if=/dev/urandom of=/mnt/a bs=64k count=32 2>/dev/null &&
        cp /mnt/a /mnt/b && sync && echo 3 >/proc/sys/vm/drop_caches &&
        cmp /mnt/a /mnt/b && rm /mnt/b
}

module_round() {
    modprobe dummy && ifconfig dummy0 10.9.9.9 up && rmmod dummy
    sleep 1
}

cpu_round() {
    last=$((cpus - 1))
    echo 0 >/sys/devices/system/cpu/cpu$last/online &&
        test "$(nproc)" = $last && sleep 1 &&
        echo 1 >/sys/devices/system/cpu/cpu$last/online &&
        test "$(nproc)" = "$cpus" && sleep 1
}

wait_network
gateway=$(route -n | awk '$1 == "0.0.0.0" { print $2; exit }')
network_round() {
    ping -c 5 -i 0.2 -s 1400 -W 5 "$gateway" >/dev/null
}

check "file system" sh -c 'mke2fs -q /dev/vda && mount -t ext4 /dev/vda /mnt'
check "stress: stressors" stressors >/tmp/stressors &
check "stress: disk" until_end disk_round >/tmp/disk &
check "stress: modules" until_end module_round >/tmp/modules &
check "stress: network" until_end network_round >/tmp/network &
if [ "$cpus" -gt 1 ]; then
    check "stress: CPUs off- and online" until_end cpu_round >/tmp/cpus &
fi
wait
cat /tmp/stressors /tmp/disk /tmp/modules /tmp/network /tmp/cpus 2>/dev/null
same "stress: all CPUs are back" "$(nproc)" "$cpus"
umount /mnt
quiet_log stress
