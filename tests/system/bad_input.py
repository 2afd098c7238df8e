# SPDX-License-Identifier: MIT
"""What bad input gets: one line on serial and screen, then a halt; a wrong
parameter only a warning, and boot goes on."""

import gzip
import os
import re
import time

from system import Fail, test

WAIT = 60
LINUX = r"Linux version \d"
PANIC = "PANIC"


def head(path, size):
    with open(path, "rb") as f:
        return f.read(size)


def written(lab, name, data):
    path = lab.scratch(name)
    with open(path, "wb") as f:
        f.write(data)
    return path


def halted(m):
    """All CPUs are in HLT (QEMU says so in its registers)."""
    said = m.qmp("human-monitor-command",
                 **{"command-line": "info registers -a"})
    states = re.findall(r"HLT=(\d)", said)
    return states and all(s == "1" for s in states)


def soon(condition):
    """Does a condition become true within some seconds?"""
    for _ in range(20):
        if condition():
            return True
        time.sleep(0.25)
    return False


def refused(lab, words, **more):
    """The machine must say `words`, on the screen too, start no kernel, and
    halt."""
    with lab.machine(**more) as m:
        m.wait(words, WAIT, unless=LINUX + "|" + PANIC)
        if not soon(lambda: re.search(words, m.screen_text())):
            raise Fail("the screen does not show it")
        if not soon(lambda: halted(m)):
            raise Fail("the CPUs do not halt")
        if re.search(LINUX, m.text()):
            raise Fail("a kernel was started all the same")


@test("no module")
def no_module(lab):
    refused(lab, "no module: add dom0's kernel", kernel=None, initrd=None)


@test("a bzImage")
def bzimage(lab):
    refused(lab, "bzImage: unpack it with parvis-unpack-kernel",
            kernel=os.path.join(lab.out, "kernel/vmlinuz"))


@test("a kernel packed by gzip")
def gzipped(lab):
    refused(lab, "compressed by gzip", kernel=written(
        lab, "gz", gzip.compress(head(lab.kernel, 1 << 20))))


@test("a truncated ELF file")
def truncated(lab):
    refused(lab, "truncated", kernel=written(
        lab, "half", head(lab.kernel, os.path.getsize(lab.kernel) // 2)))


@test("a corrupt ELF file")
def corrupt(lab):
    data = bytearray(head(lab.kernel, 1 << 20))
    # The program headers' offset, far beyond the file.
    data[32:40] = b"\xff\xff\xff\xff\xff\xff\xff\x7f"
    refused(lab, "damaged", kernel=written(lab, "corrupt", bytes(data)))


@test("no ELF file at all")
def not_elf(lab):
    refused(lab, "not an ELF file",
            kernel=written(lab, "text", b"dom0's kernel? " * 1000))


@test("an ELF file without PV notes")
def no_notes(lab):
    lab.tests_initrd()
    refused(lab, "no Xen PV notes",
            kernel=os.path.join(lab.out, "tests/system/bin/token"))


@test("a 32-bit kernel")
def elf32(lab):
    refused(lab, "32-bit", kernel=lab.hypervisor)


@test("an initrd that does not fit")
def big_initrd(lab):
    refused(lab, "kernel and initrd need .* MiB",
            initrd=written(lab, "initrd", bytes(96 << 20)),
            parameters="console=com1,vga dom0_mem=128M")


@test("dom0_mem larger than the machine")
def big_dom0_mem(lab):
    refused(lab, r"dom0_mem asks for 8192 MiB",
            parameters="console=com1,vga dom0_mem=8G")


@test("dom0_mem too small for the kernel")
def small_dom0_mem(lab):
    refused(lab, r"kernel and initrd need \d+ MiB, and dom0 has 16 MiB: raise "
                 "dom0_mem", parameters="console=com1,vga dom0_mem=16M")


@test("a machine with 16 MiB")
def tiny_machine(lab):
    refused(lab, "no usable memory map: .* with more memory", mem="16M",
            kernel=None, initrd=None)


@test("a machine with 64 MiB")
def small_machine(lab):
    refused(lab, "give the machine more RAM", mem="64M")


@test("a CPU without long mode")
def no_long_mode(lab):
    refused(lab, "no long mode", cpu="max,-lm")


@test("a CPU without NX")
def no_nx(lab):
    refused(lab, "no NX", cpu="max,-nx,-smap")


@test("a CPU without SYSCALL")
def no_syscall(lab):
    refused(lab, "no SYSCALL", cpu="max,-syscall,-smap")


@test("no ACPI tables")
def no_acpi(lab):
    refused(lab, "no ACPI tables", board="isapc")


@test("no ACPI tables on the older chip set")
def no_acpi_pc(lab):
    refused(lab, "no ACPI tables", arguments=["-machine", "pc,acpi=off"])


@test("multiboot 1 on UEFI names multiboot2")
def multiboot1_uefi(lab):
    with lab.machine(boot="mb1", firmware="uefi") as m:
        m.wait("boot failed: .*multiboot2", 120, unless=LINUX + "|" + PANIC)


@test("reboot where asked")
def reboot_asked(lab):
    with lab.machine(kernel=None, initrd=None,
                     parameters="console=com1 reboot=acpi") as m:
        m.wait("no module", WAIT)
        m.wait_end(30)


@test("unknown and malformed parameters are warnings")
def parameters(lab):
    with lab.machine(parameters="console=com1 dom0_mme=300M maxcpus=banana "
                                "nonsense") as m:
        m.wait(r'"dom0_mme" is unknown, ignored: did you mean dom0_mem=', WAIT)
        m.wait(r'"maxcpus=banana" is malformed', WAIT)
        m.wait(r'"nonsense" is unknown', WAIT)
        m.wait(LINUX, 120, unless=PANIC)
