# SPDX-License-Identifier: MIT
"""Tests that a script inside dom0 makes (tests/system/dom0/*.sh)."""

import hashlib
import os
import random
import time

from system import Fail, TROUBLE, test

DISK_BYTES = 16 << 20
# Longer than `make check` takes for them: minutes of load, ten of the clock.
STRESS_SECONDS = int(os.environ.get("STRESS_SECONDS", "60"))
CLOCK_SECONDS = int(os.environ.get("CLOCK_SECONDS", "60"))
CLOCK_PPM = 100
# What the way of a line from dom0 to the runner adds at most to either stamp.
STAMP_JITTER_S = 0.02


def disk(lab, name):
    """A file with random contents for a disk."""
    path = lab.scratch(name)
    with open(path, "wb") as f:
        f.write(random.Random(name).randbytes(DISK_BYTES))
    return path


def tftp_folder(lab):
    """A folder with a file for dom0 to fetch."""
    folder = lab.scratch("tftp")
    os.makedirs(folder, exist_ok=True)
    data = random.Random(7).randbytes(1 << 20)
    with open(folder + "/data", "wb") as f:
        f.write(data)
    with open(folder + "/data.sha", "w") as f:
        f.write(hashlib.sha256(data).hexdigest() + "  -\n")
    return folder


def devices(lab, **more):
    disks = {name: disk(lab, name) for name in ("ahci", "nvme", "virtio-blk")}
    folder = tftp_folder(lab)
    arguments = []
    for name, device in (("ahci", "ide-hd"), ("virtio-blk", "virtio-blk-pci"),
                         ("nvme", "nvme,serial=1")):
        arguments += ["-drive", "if=none,format=raw,id=%s,file=%s" %
                      (name, disks[name]),
                      "-device", "%s,drive=%s" % (device, name)]
    for number, model in enumerate(("virtio-net-pci", "e1000e")):
        arguments += ["-nic", "user,model=%s,net=10.0.%d.0/24,tftp=%s" %
                      (model, number + 2, folder)]
    try:
        lab.dom0_script("devices", 400, nic=True, arguments=arguments, **more)
        for name, path in disks.items():
            with open(path, "rb") as f:
                first, second = f.read(DISK_BYTES // 2), f.read()
            want = random.Random(name).randbytes(DISK_BYTES)
            lab.report("disk %s: what was written" % name,
                       "pass" if first == second == want[:DISK_BYTES // 2]
                       else "fail")
    finally:
        for path in disks.values():
            os.remove(path)


@test("a PV dom0")
def smoke(lab):
    lab.dom0_script("smoke", 300, smp=1)


@test("a PV dom0 with four CPUs")
def smoke_smp(lab):
    lab.dom0_script("smoke", 300, smp=4, mem="1G")


@test("disks and network by MSI and MSI-X")
def devices_msi(lab):
    devices(lab, smp=2, mem="1G")


@test("disks and network by the IO-APIC")
def devices_ioapic(lab):
    devices(lab, smp=2, mem="1G", dom0="console=hvc0 pci=nomsi")


@test("load on all CPUs, devices at work, CPUs off- and online", alone=True)
def stress(lab):
    path = lab.scratch("disk")
    with open(path, "wb") as f:
        f.truncate(128 << 20)
    try:
        lab.dom0_script(
            "stress", STRESS_SECONDS + 240, smp=4, mem="1G", nic=True,
            dom0="console=hvc0 parvis.seconds=%d" % STRESS_SECONDS,
            arguments=["-drive", "if=virtio,format=raw,file=" + path,
                       "-nic", "user,model=virtio-net-pci"])
    finally:
        os.remove(path)


@test("the clock is exact under -icount", alone=True)
def clock_icount(lab):
    # shift=0: an instruction is a nanosecond, and so is a tick of the TSC.
    # Linux's own use of the TSC knows its rate to one part in a million only.
    lab.dom0_script("clock", 400, smp=1, icount="shift=0,sleep=off",
                    dom0="console=hvc0 clocksource=xen parvis.seconds=1 "
                         "parvis.ppm=0.1")


def offset(stamps):
    """Host's clock less dom0's, by the stamp that was the quickest to come."""
    return min(host - guest for host, guest in stamps)


@test("the clock against the host's, and between CPUs", alone=True)
def clock_host(lab):
    ends = []
    with lab.machine(smp=4, mem="1G", initrd=lab.tests_initrd(),
                     dom0="console=hvc0 parvis.test=clock parvis.seconds=%d" %
                     CLOCK_SECONDS) as m:
        try:
            for timeout in (240, CLOCK_SECONDS * 2 + 60):
                stamps = []
                for _ in range(20):
                    found = m.wait(r"^STAMP (\d+\.\d+)[\r\n]", timeout,
                                   unless=TROUBLE)
                    stamps.append((time.monotonic(), float(found.group(1))))
                ends.append(stamps)
            m.wait("^TESTS done", 60, unless=TROUBLE)
            m.wait_end(30)
        finally:
            lab.report_lines(m.text())
    drift = offset(ends[1]) - offset(ends[0])
    length = ends[1][0][0] - ends[0][0][0]
    allowed = length * CLOCK_PPM / 1e6 + STAMP_JITTER_S
    words = "%.1f ms in %.0f s" % (drift * 1e3, length)
    if abs(drift) > allowed:
        raise Fail("dom0's clock drifts by %s (%.1f ms allowed)" %
                   (words, allowed * 1e3))
    lab.report("clock against the host's", "pass", words)
