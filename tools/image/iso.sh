#!/bin/sh
# SPDX-License-Identifier: MIT
#
# iso.sh OUT PARVIS KERNEL INITRD [PARAMETERS [KERNEL-PARAMETERS [ENTRY]]]:
# makes a GRUB ISO that starts on BIOS and UEFI. PARAMETERS go to the
# hypervisor, KERNEL-PARAMETERS to dom0; ENTRY is the default entry, mb2 or mb1.
set -eu

test $# -ge 4 || { sed -n 's/^# //p' "$0" | sed 1d >&2; exit 2; }
out=$1 parvis=$2 kernel=$3 initrd=$4
parameters=${5-console=com1,vga}
dom0=${6-console=hvc0}
entry=${7-mb2}

tree=$out.tree
rm -rf "$tree"
mkdir -p "$tree/boot/grub"
ln "$parvis" "$tree/boot/parvis.elf" 2>/dev/null ||
    cp "$parvis" "$tree/boot/parvis.elf"
ln "$kernel" "$tree/boot/vmlinux" 2>/dev/null ||
    cp "$kernel" "$tree/boot/vmlinux"
ln "$initrd" "$tree/boot/initrd.img" 2>/dev/null ||
    cp "$initrd" "$tree/boot/initrd.img"

cat >"$tree/boot/grub/grub.cfg" <<END
serial --unit=0 --speed=115200
terminal_input serial console
terminal_output serial console
set timeout=1
set default=$entry
# The hypervisor gets a framebuffer if GRUB has a driver for the screen.
insmod all_video

menuentry 'Parvis with Debian as dom0' --id mb2 {
    multiboot2 /boot/parvis.elf $parameters
    module2 /boot/vmlinux $dom0
    module2 /boot/initrd.img
}

menuentry 'Parvis with Debian as dom0, by multiboot 1' --id mb1 {
    multiboot /boot/parvis.elf $parameters
    module /boot/vmlinux $dom0
    module /boot/initrd.img
}
END

log=$out.log
grub-mkrescue -o "$out" --product-name=Parvis \
    --themes= --fonts= --locales= "$tree" -- -volid PARVIS >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    echo "iso.sh: grub-mkrescue failed; the whole of its output: $log" >&2
    exit 1
}
rm -rf "$tree"
