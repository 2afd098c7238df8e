# SPDX-License-Identifier: MIT
"""Ways down and up again: each method of rebooting, and a machine that really
starts again."""

from system import Fail, TROUBLE, test

SHELL_SECONDS = 240
# QEMU's way to undo the -no-reboot that machines have.
STARTS_AGAIN = ["-action", "reboot=reset"]


@test("reboot=METHOD resets the machine, each method")
def methods(lab):
    for method in ("acpi", "pci", "kbd", "triple"):
        # A boot without a kernel fails, and reboots because it is asked to.
        with lab.machine("-" + method, kernel=None, initrd=None,
                         parameters="console=com1 reboot=" + method) as m:
            try:
                m.wait("no module", 60)
                m.wait_end(30)
                lab.report("reboot=" + method, "pass")
            except Fail as e:
                lab.report("reboot=" + method, "fail", str(e))


@test("reboot -f starts the machine again")
def starts_again(lab):
    with lab.machine(smp=2, arguments=STARTS_AGAIN) as m:
        m.dom0_shell(SHELL_SECONDS)
        m.shell("echo 1 >/tmp/mark")
        m.send("reboot -f\n")
        m.wait(r"Parvis \d", 60)
        m.dom0_shell(SHELL_SECONDS)
        m.shell("test ! -e /tmp/mark")


@test("a crash of dom0 starts the machine again; noreboot would not")
def crash_starts_again(lab):
    with lab.machine(smp=2, arguments=STARTS_AGAIN) as m:
        m.dom0_shell(SHELL_SECONDS)
        m.send("echo c >/proc/sysrq-trigger\n")
        m.wait("rebooting in 5 seconds", 60)
        m.wait(r"Parvis \d", 60)
        m.wait("Linux version", 60, unless=TROUBLE)
