# SPDX-License-Identifier: MIT
#
# Each disk's first half is copied to its second (the host compares them when
# the machine is off), and each network card exchanges packets with QEMU's
# user network: an address by DHCP, large pings, a file by TFTP.

. /tests/lib.sh

copy_half() {
    sectors=$(cat "/sys/block/$1/size")
    blocks=$((sectors / 2 / 8))
    dd if="/dev/$1" of="/dev/$1" bs=4096 count=$blocks seek=$blocks \
        conv=fsync 2>&1
}

disk() {
    if [ -b "/dev/$2" ]; then
        check "disk $1" copy_half "$2"
    else
        echo "TEST disk $1: fail no /dev/$2"
    fi
}

# How many interrupts came by lines of /proc/interrupts that have $1.
interrupts() {
    grep -c -- "$1" /proc/interrupts
}

# A disk behind SCSI shows some time after its controller.
for i in $(seq 20); do
    [ -b /dev/sda ] && [ -b /dev/nvme0n1 ] && [ -b /dev/vda ] && break
    sleep 1
done
disk ahci sda
disk nvme nvme0n1
disk virtio-blk vda

wait_network
for driver in virtio_net e1000e; do
    card=$(interface_of $driver)
    if [ -z "$card" ]; then
        echo "TEST network $driver: fail no interface"
        continue
    fi
    address=$(ifconfig "$card" | sed -n 's/.*inet addr:\([0-9.]*\).*/\1/p')
    gateway=${address%.*}.2
    check "network $driver: address" test -n "$address"
    check "network $driver: ping" ping -I "$card" -c 5 -s 1400 -W 5 "$gateway"
    check "network $driver: file" \
        sh -c "cd /tmp && tftp -g -r data -l $driver $gateway && \
            tftp -g -r data.sha -l $driver.sha $gateway && \
            test \"\$(sha256sum <$driver)\" = \"\$(cat $driver.sha)\""
done

if grep -q pci=nomsi /proc/cmdline; then
    check "interrupts by IO-APIC" grep -q 'xen-pirq.*-ioapic-level' \
        /proc/interrupts
    check "no interrupts by MSI" test "$(interrupts -msi)" = 0
else
    check "interrupts by MSI" grep -q 'xen-pirq.*-msi' /proc/interrupts
fi
quiet_log devices
