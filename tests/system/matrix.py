# SPDX-License-Identifier: MIT
"""Reads tests/system/matrix.txt, and boots a row of it.

A row that boots must get to dom0's shell on all its CPUs, say what Linux says
on Xen PV, have no warning in its log, and power off. A row that is refused
must say so before any kernel is started.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "lib"))

from machine import Fail, qemu_cpu, qemu_version, Skip  # noqa: E402

TABLE = os.path.join(HERE, "matrix.txt")
WIDTH = {"kernel": 6, "firmware": 8, "protocol": 8, "smp": 3, "mem": 4,
         "cpu": 13, "qemu": 4}
# What multiboot 1 on UEFI gets: one line that names the way that works.
REFUSED = r"multiboot ?2"
BOOT_SECONDS = 240


class Row:
    def __init__(self, fields, expect):
        self.fields, self.expect = fields, expect
        (self.kernel, self.firmware, self.protocol, self.smp, self.mem,
         self.cpu, self.qemu) = fields
        # Two machines of this size at once may be more than the host has.
        self.alone = self.mem.endswith("G") and int(self.mem[:-1]) >= 8

    def __str__(self):
        return " ".join(self.fields) + \
            (" is refused" if self.expect != "boots" else "")

    def images(self, lab):
        if self.kernel == "6.1":
            return lab.kernel, lab.initrd
        return lab.second_kernel()

    def program(self, lab):
        if self.qemu == "10":
            return lab.second_qemu()
        qemu = "qemu-system-x86_64"
        if qemu_version(qemu) != 7:
            raise Skip("this machine's QEMU is version %d, not 7.2" %
                       qemu_version(qemu))
        return qemu

    def boot(self, lab):
        kernel, initrd = self.images(lab)
        qemu = self.program(lab)
        with lab.machine(kernel=kernel, initrd=initrd, qemu=qemu,
                         boot=self.protocol, firmware=self.firmware,
                         cpu=qemu_cpu(qemu, self.cpu), smp=int(self.smp),
                         mem=self.mem) as m:
            if self.expect == "boots":
                self.reaches_shell(m)
            else:
                m.wait(REFUSED, 60, unless="Linux version")

    def reaches_shell(self, m):
        m.dom0_shell(BOOT_SECONDS)
        m.shell("dmesg | grep 'Hypervisor detected: Xen PV'")
        cpus = m.shell("nproc").split()[0]
        if cpus != self.smp:
            raise Fail("dom0 has %s CPUs, not %s" % (cpus, self.smp))
        trouble = m.shell("dmesg | grep -E 'WARNING: CPU|BUG: ' || true")
        if trouble.strip():
            raise Fail("dom0's log has " + trouble.strip().splitlines()[0])
        m.send("poweroff\n")
        m.wait_end(60)


def read():
    rows = []
    with open(TABLE) as f:
        for number, line in enumerate(f, 1):
            words = line.split("#")[0].split()
            if not words:
                continue
            if len(words) != len(WIDTH) + 1 or \
                    words[-1] not in ("boots", "refused"):
                sys.exit("%s:%d: not a row" % (TABLE, number))
            rows.append(Row(words[:-1], words[-1]))
    return rows
