# SPDX-License-Identifier: MIT
"""What a system test has: its registration, and the lab that it works in."""

import os
import re
import subprocess
import threading

from machine import Fail, Machine, Skip, TOP, TROUBLE

REGISTERED = []
RESULT_LINE = re.compile(r"TEST (.+?): (pass|fail|skip)(?:: | |$)(.*)")


def test(name, alone=False):
    """Registers a function of a Lab as a test.

    It passes unless it raises Fail or Skip; what it reports by lab.report()
    is counted instead of it. alone: nothing else runs meanwhile (tests of
    time, and machines with much memory).
    """
    def register(function):
        REGISTERED.append((name, function, alone))
        return function
    return register


class Lab:
    """Where the images are, and how machines are made of them.

    A lab belongs to one test.
    """

    making = threading.Lock()

    def __init__(self, name, out, hypervisor, logs):
        self.name, self.out, self.logs = name, out, logs
        self.hypervisor = hypervisor
        self.kernel = os.path.join(out, "dom0-vmlinux")
        self.initrd = os.path.join(out, "dom0-initrd.img")
        self.results = []

    def report(self, name, status, why=""):
        """One result of a test with several: status is pass, fail or skip."""
        self.results.append((name, status, why))

    def scratch(self, name):
        """A path for a file of this test's."""
        folder = os.path.join(self.logs, "scratch")
        os.makedirs(folder, exist_ok=True)
        return os.path.join(folder, self.name + "." + name)

    def machine(self, suffix="", **more):
        """A Machine with dom0's usual images unless told otherwise."""
        more.setdefault("hypervisor", self.hypervisor)
        more.setdefault("kernel", self.kernel)
        more.setdefault("initrd", self.initrd)
        return Machine(self.name + suffix, self.logs, **more)

    # ---- What make makes on demand ------------------------------------------

    def made(self, target, path, failure=Fail):
        """A file of the build folder; `failure` with make's words if not."""
        path = os.path.join(self.out, path)
        with self.making:
            done = subprocess.run(
                ["make", "-s", "O=" + self.out, target], cwd=TOP,
                stdin=subprocess.DEVNULL, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode or not os.path.exists(path):
            said = [line for line in done.stdout.splitlines()
                    if line.strip() and not line.startswith("make")]
            raise failure((said or ["make %s made no %s" % (target, path)])
                          [-1])
        return path

    def variant(self, name, options):
        """The hypervisor of the build check/NAME that the group `build` makes;
        made now where that was not run."""
        folder = os.path.join(self.out, "check", name)
        line = ["make", "-s", "O=" + folder]
        with self.making:
            for goals in (["defconfig", "SET=" + options],
                          ["TOOLCHAIN=gcc", "all"]):
                if goals[0] == "defconfig" and \
                        os.path.exists(folder + "/.config"):
                    continue
                done = subprocess.run(line + goals, cwd=TOP, text=True,
                                      stdin=subprocess.DEVNULL,
                                      stdout=subprocess.PIPE,
                                      stderr=subprocess.STDOUT)
                if done.returncode:
                    raise Fail("%s: %s" % (name, done.stdout.strip()[-300:]))
        return folder + "/parvis.elf"

    def second_qemu(self):
        """bookworm-backports' QEMU, if apt has it."""
        return self.made("second-qemu",
                         "backports/qemu/qemu-system-x86_64", Skip)

    def second_kernel(self):
        """(kernel, initrd) of bookworm-backports, if apt has it."""
        self.made("second-kernel-fetched", "backports/kernel/version", Skip)
        kernel = self.made("second-kernel", "backports/dom0-vmlinux")
        return kernel, os.path.join(self.out, "backports/dom0-initrd.img")

    def tests_initrd(self):
        """dom0's file system with the scripts of tests/system/dom0."""
        return self.made("dom0-tests", "tests/system/dom0-tests.img")

    # ---- Tests that run inside dom0 -----------------------------------------

    def dom0_script(self, script, timeout, suffix="", **more):
        """Boots, runs tests/system/dom0/SCRIPT.sh there, reports its TEST
        lines; fails if the machine does not power off afterwards."""
        more.setdefault("initrd", self.tests_initrd())
        dom0 = more.pop("dom0", "console=hvc0") + " parvis.test=" + script
        with self.machine(suffix, dom0=dom0, **more) as m:
            try:
                m.wait(r"^TESTS done", timeout,
                       unless=TROUBLE)
                m.wait_end(30)
            finally:
                self.report_lines(m.text(), suffix)

    def report_lines(self, text, suffix=""):
        for line in text.splitlines():
            if line.startswith("TEST "):
                found = RESULT_LINE.match(line)
                if found:
                    name, status, why = found.groups()
                    self.report(name + suffix, status, (why or "").strip())
                else:
                    self.report(line + suffix, "fail", "malformed")


__all__ = ["Fail", "Lab", "Machine", "Skip", "TROUBLE", "test"]
