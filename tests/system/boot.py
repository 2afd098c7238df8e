# SPDX-License-Identifier: MIT
"""From the ISO, as `make run` starts it, to dom0's shell and out again."""

import re
import time

from system import Fail, TROUBLE, test

SHELL_SECONDS = 240


def ended_by(m, verb, reason):
    """Types a command that ends the machine; QEMU must name that reason."""
    m.qmp("query-status")
    m.send(verb + "\n")
    data = m.wait_event("SHUTDOWN", 60)
    if data.get("reason") != reason:
        raise Fail("%s: the machine ended by %s" % (verb, data))
    m.wait_end(30)


@test("shell, job control and power off from the ISO")
def shell(lab):
    with lab.machine(boot="mb2", smp=2, mem="1G") as m:
        m.dom0_shell(SHELL_SECONDS)
        m.shell("dmesg | grep 'Hypervisor detected: Xen PV'")
        if m.shell("cat /sys/hypervisor/type").split() != ["xen"]:
            raise Fail("/sys/hypervisor/type is not xen")
        m.send("sleep 1000\n")
        m.wait("sleep 1000", 10)
        time.sleep(2)
        m.send("\x03")
        m.wait("dom0# ", 20)
        m.send("sleep 1000\n")
        time.sleep(2)
        m.send("\x1a")
        m.wait(r"Stopped[^\n]*sleep 1000[\s\S]*dom0# ", 20)
        ended_by(m, "poweroff", "guest-shutdown")


@test("reboot")
def reboot(lab):
    with lab.machine(smp=2) as m:
        m.dom0_shell(SHELL_SECONDS)
        ended_by(m, "reboot", "guest-reset")


@test("three Ctrl-A switch the input to the debug keys and back")
def debug_keys(lab):
    with lab.machine(smp=2) as m:
        m.dom0_shell(SHELL_SECONDS)
        m.send("\x01\x01\x01")
        m.wait("input goes to the hypervisor", 10)
        m.send("h")
        m.wait(r"h  list the keys", 10)
        m.wait(r"r  run queues", 10)
        for key in re.findall(r"^.*\)   (\w)  ", m.text(), re.M):
            if key not in "hRP":
                m.send(key)
        m.send("\x01\x01\x01")
        m.wait("input goes to dom0", 20, unless="PANIC")
        m.send("\n")
        m.wait("dom0# ", 20)
        m.shell("true")


@test("dom0 crashes: reported, then rebooted after 5 seconds")
def crash(lab):
    with lab.machine(smp=2) as m:
        m.dom0_shell(SHELL_SECONDS)
        m.qmp("query-status")
        m.send("echo c >/proc/sysrq-trigger\n")
        m.wait("rebooting in 5 seconds", 60)
        if m.wait_event("SHUTDOWN", 30).get("reason") != "guest-reset":
            raise Fail("the machine did not reboot")


@test("dom0 crashes with noreboot: reported, then halted")
def crash_noreboot(lab):
    with lab.machine(smp=2, parameters="console=com1 noreboot") as m:
        m.dom0_shell(SHELL_SECONDS)
        m.send("echo c >/proc/sysrq-trigger\n")
        m.wait("not rebooting because of noreboot", 60)
        time.sleep(8)
        if m.process.poll() is not None:
            raise Fail("QEMU ended")


@test("maxcpus and dom0_max_vcpus limit the CPUs, dom0_mem the memory")
def limits(lab):
    with lab.machine(smp=4, mem="1G", parameters="console=com1 maxcpus=3 "
                     "dom0_max_vcpus=2 dom0_mem=400M") as m:
        m.dom0_shell(SHELL_SECONDS)
        cpus = m.shell("nproc").split()
        memory = int(m.shell("free -m | awk '/Mem:/ { print $2 }'"))
        if cpus != ["2"]:
            raise Fail("dom0 has %s CPUs, not 2" % cpus)
        if not 250 <= memory <= 400:
            raise Fail("dom0 has %d MiB, not somewhat less than 400" % memory)
        if not re.search(r"smp: 3 of \d CPUs run", m.text()):
            raise Fail("the hypervisor does not say that it uses 3 CPUs")


@test("the console by polling (com1 without an interrupt)")
def polled(lab):
    with lab.machine(smp=1, parameters="console=com1 "
                     "com1=115200,8n1,0x3f8,0") as m:
        m.dom0_shell(SHELL_SECONDS)
        m.shell("true")
        ended_by(m, "poweroff", "guest-shutdown")


@test("the hypervisor's part of the boot under -icount, and its memory",
      alone=True)
def figures(lab):
    line = (r"boot: (\d+)\.\d+ ms from entry to dom0; of \d+ MiB RAM (\d+) "
            r"KiB are the hypervisor's")
    with lab.machine(mem="512M", icount="shift=0,sleep=off",
                     parameters="console=com1") as m:
        found = m.wait(line, 200, unless=TROUBLE)
        ms = int(found.group(1))
        lab.report("boot at 512 MiB takes at most 300 ms of virtual time",
                   "pass" if ms <= 300 else "fail", "%d ms" % ms)
    with lab.machine("-2G", mem="2G", parameters="console=com1") as m:
        found = m.wait(line, 200, unless=TROUBLE)
        kib = int(found.group(2))
        lab.report("the hypervisor keeps at most 20 MiB of 2 GiB",
                   "pass" if kib <= 20 << 10 else "fail", "%d KiB" % kib)
