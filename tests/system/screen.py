# SPDX-License-Identifier: MIT
"""The screen: the hypervisor's messages in VGA's text mode or on the
framebuffer that GRUB hands over, then dom0's."""

import time

from system import Fail, test

DOM0 = "console=tty0 console=hvc0"
SHELL_SECONDS = 240


def lit(m):
    """How many pixels of the screen are not black."""
    _, _, pixels = m.screendump()
    return sum(any(pixels[i:i + 3]) for i in range(0, len(pixels), 3))


@test("VGA text: the hypervisor's messages, then dom0's")
def vga(lab):
    with lab.machine(dom0=DOM0, mem="1G") as m:
        m.wait("from entry to dom0", 120)
        if "Parvis" not in m.screen_text():
            raise Fail("the screen shows not the hypervisor's messages, but: "
                       + m.screen_text())
        m.dom0_shell(SHELL_SECONDS)
        m.shell("dmesg | grep 'Console: colour VGA'")
        m.shell("echo parvis-on-screen >/dev/tty0")
        if "parvis-on-screen" not in m.screen_text():
            raise Fail("dom0 cannot write to the screen")


def framebuffer(lab, firmware, driver):
    with lab.machine(boot="mb2", firmware=firmware, dom0=DOM0, mem="1G") as m:
        m.wait("from entry to dom0", 120)
        if lit(m) < 2000:
            raise Fail("the screen shows next to nothing at boot")
        m.dom0_shell(SHELL_SECONDS)
        m.shell("dmesg | grep '%s: framebuffer at'" % driver)
        before = lit(m)
        m.shell("seq 100 >/dev/tty0")
        time.sleep(1)
        if lit(m) == before:
            raise Fail("dom0 cannot write to the screen")


@test("GRUB's framebuffer on BIOS: the hypervisor's messages, then dom0's")
def framebuffer_bios(lab):
    framebuffer(lab, "bios", "vesafb")


@test("GRUB's framebuffer on UEFI: the hypervisor's messages, then dom0's")
def framebuffer_uefi(lab):
    framebuffer(lab, "uefi", "efifb")
