# SPDX-License-Identifier: MIT
"""What only debug builds show: assertions hold under load, the recounting
checker finds nothing, and a panic tells where it happened."""

import os
import re
import time

from system import Fail, TROUBLE, test

SHELL_SECONDS = 240
STRESS_SECONDS = int(os.environ.get("STRESS_SECONDS", "30"))
RECOUNT_PERIOD_S = 4
AGREE = r"frames: (all counts agree|\d+ WRONG)"
# A shell that forks, execs, maps and unmaps without end, on every CPU.
LOAD = ("for i in $(seq $(nproc)); do while :; do "
        "seq 50 | sort | tail -n 1; done >/dev/null & done")


def to_hypervisor(m):
    m.send("\x01\x01\x01")
    m.wait("input goes to the hypervisor", 20)


def recount(m, times):
    """Has all frames recounted; fails when one is wrong."""
    for _ in range(times):
        m.send("c")
        said = m.wait(AGREE, 120, unless=TROUBLE + "|PANIC")
        if b"WRONG" in said.group(0):
            raise Fail("the recounting checker: " + said.group(0).decode())
        time.sleep(0.5)


def loaded(lab, name, options, **more):
    """A machine of that build at a dom0 shell, under load, whose input goes
    to the hypervisor."""
    m = lab.machine(hypervisor=lab.variant(name, options), **more)
    m.start()
    try:
        m.dom0_shell(SHELL_SECONDS)
        m.send(LOAD + "\n")
        m.wait("dom0# ", 60)
        to_hypervisor(m)
    except BaseException:
        m.stop()
        raise
    return m


@test("recounting all frames under load, an NMI, a panic")
def recount_and_panic(lab):
    m = loaded(lab, "gcc-debug", "DEBUG=y", smp=4, mem="1G")
    try:
        recount(m, 5)
        lab.report("debug key c: all frames agree, 4 CPUs", "pass")

        m.qmp("inject-nmi")
        m.wait("NMI from the hardware", 30, unless=TROUBLE + "|PANIC")
        m.send("q")
        m.wait("d0 running", 30, unless=TROUBLE + "|PANIC")
        lab.report("an NMI is reported, and all goes on", "pass")

        m.send("P")
        m.wait("PANIC: asked for by debug key P", 20)
        for caller in ("panic", "serial_interrupt", "irq_handle"):
            m.wait(r"ffff8100\w+ +%s\+0x" % caller, 20)
        lab.report("a panic shows a symbolised back-trace", "pass")
        m.wait("reboot in 5 seconds", 10)
        if m.wait_event("SHUTDOWN", 30).get("reason") != "guest-reset":
            raise Fail("no reboot")
        lab.report("a panic reboots", "pass")
    finally:
        m.stop()


@test("recounting all frames, with a yield at every yield point")
def recount_yields(lab):
    m = loaded(lab, "gcc-yield-everywhere", "DEBUG=y YIELD_EVERYWHERE=y",
               smp=2, mem="512M")
    try:
        recount(m, 5)
    finally:
        m.stop()


@test("load on all CPUs, recounted now and then", alone=True)
def stress(lab):
    path = lab.scratch("disk")
    with open(path, "wb") as f:
        f.truncate(128 << 20)
    m = lab.machine(
        hypervisor=lab.variant("gcc-debug", "DEBUG=y"), smp=2, mem="1G",
        initrd=lab.tests_initrd(), nic=True,
        dom0="console=hvc0 parvis.test=stress parvis.seconds=%d" %
        STRESS_SECONDS,
        arguments=["-drive", "if=virtio,format=raw,file=" + path,
                   "-nic", "user,model=virtio-net-pci"])
    try:
        m.start()
        m.wait(r"^TEST file system: pass", SHELL_SECONDS, unless=TROUBLE)
        end = time.monotonic() + STRESS_SECONDS
        to_hypervisor(m)
        while time.monotonic() < end:
            recount(m, 1)
            time.sleep(RECOUNT_PERIOD_S)
        m.wait(r"^TESTS done", 240, unless=TROUBLE + "|PANIC")
        m.wait_end(30)
        lab.report("frames agree all the time", "pass")
    finally:
        lab.report_lines(m.text())
        m.stop()
        os.remove(path)
    if re.search(r"ASSERT|PANIC", m.text()):
        raise Fail("an assertion failed")
