#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh ISO: starts QEMU on the ISO with the machine's serial line on this
# terminal. From the environment: QEMU (program), SMP (CPUs), MEM (memory),
# FIRMWARE (bios or uefi), QEMU_ARGS (further arguments).
set -eu

iso=$1
qemu=${QEMU:-qemu-system-x86_64}

version=$("$qemu" --version | sed -n 's/^QEMU.* version \([0-9]*\).*/\1/p')
if [ -z "$version" ]; then
    echo "run.sh: '$qemu --version' names no version: is it QEMU?" >&2
    exit 1
fi
# Before QEMU 10 the emulated SMAP is broken under a PV hypervisor.
cpu=max
[ "$version" -ge 10 ] || cpu=max,-smap

case ${FIRMWARE:-bios} in
bios) firmware= ;;
uefi) firmware="-bios /usr/share/ovmf/OVMF.fd" ;;
*)
    echo "run.sh: FIRMWARE=$FIRMWARE: it is bios or uefi" >&2
    exit 2
    ;;
esac

cat >&2 <<END
Starting QEMU. A shell of dom0 follows; \`poweroff\` there ends QEMU, and so
does Ctrl-] x (Ctrl-] h lists what else Ctrl-] does).
END
# Ctrl-C and Ctrl-A belong to the guest: QEMU's own key is Ctrl-].
exec "$qemu" -M q35 -cpu "$cpu" -accel tcg,thread=multi \
    -smp "${SMP:-2}" -m "${MEM:-1G}" $firmware -cdrom "$iso" \
    -nic user,model=virtio-net-pci -display none -serial mon:stdio -echr 29 \
    -no-reboot ${QEMU_ARGS:-}
