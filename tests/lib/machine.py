# SPDX-License-Identifier: MIT
"""A machine in QEMU, as the system tests use it.

A Machine boots a hypervisor with a kernel as dom0: from a GRUB ISO, by
multiboot 1 or 2 on BIOS or UEFI, or directly (QEMU's -kernel). Its serial
line is read into a log file and can be waited on and typed into. It is
stopped by the process group that it was started in, never by a name.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
OVMF = "/usr/share/ovmf/OVMF.fd"
ISO_SH = os.path.join(TOP, "tools/image/iso.sh")
DEFAULT_PARAMETERS = "console=com1,vga com1=115200,8n1 loglvl=all"
# The text mode's memory: lines of 80 characters with attributes.
TEXT_BYTES = 32 << 10
# What comes over the serial line when a boot has gone wrong.
TROUBLE = r"Kernel panic|BUG: unable|^(\(XEN\) )?Panic"


# The process groups that tests started and have not ended.
groups = set()


def spawn(command, **more):
    """subprocess.Popen in a process group of its own."""
    process = subprocess.Popen(command, start_new_session=True, **more)
    groups.add(process.pid)
    return process


def end(process):
    """Ends a spawned process with all of its group, if it still runs."""
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    process.wait()
    groups.discard(process.pid)


def end_all():
    """Ends every group that is left: for a runner that is told to stop."""
    for group in list(groups):
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            pass


class Fail(Exception):
    """A test did not see what it must."""


class Skip(Exception):
    """A test cannot be run here; the text says why."""


def qemu_version(qemu):
    """The major version of a QEMU program."""
    told = subprocess.run([qemu, "--version"], text=True,
                          stdout=subprocess.PIPE, check=True).stdout
    return int(re.search(r"version (\d+)", told).group(1))


def qemu_cpu(qemu, cpu="max"):
    """The -cpu argument: QEMU before 10 emulates SMAP wrongly for PV."""
    return cpu + ",-smap" if qemu_version(qemu) < 10 else cpu


class Machine:
    """One QEMU. Use it as a context manager, or call start() and stop().

    name        names the log, LOGS/NAME.log
    hypervisor, kernel, initrd   files; None for an initrd or kernel to omit
    boot        direct, mb1, mb2 (the last two through a GRUB ISO), or none
                (a machine described by `arguments` alone)
    firmware    bios or uefi; board: QEMU's -M
    parameters  the hypervisor's; dom0: the kernel's
    arguments   further arguments of QEMU
    icount      None, or the argument of -icount
    """

    def __init__(self, name, logs, hypervisor=None, kernel=None, initrd=None,
                 boot="direct", firmware="bios", qemu="qemu-system-x86_64",
                 cpu=None, smp=1, mem="512M", parameters=DEFAULT_PARAMETERS,
                 dom0="console=hvc0", arguments=(), icount=None, nic=False,
                 board="q35"):
        self.name = name
        self.log_path = os.path.join(logs, name + ".log")
        self.hypervisor, self.kernel, self.initrd = hypervisor, kernel, initrd
        self.boot, self.firmware, self.qemu = boot, firmware, qemu
        self.cpu = cpu or qemu_cpu(qemu)
        self.smp, self.mem = smp, mem
        self.parameters, self.dom0 = parameters, dom0
        self.arguments, self.icount, self.nic = list(arguments), icount, nic
        self.board = board
        self.folder = None
        self.process = None
        self.output = b""
        self.position = 0
        self.changed = threading.Condition()
        self.reader = None
        self.qmp_socket = None
        self.events = []

    # ---- Start and stop -----------------------------------------------------

    def command(self):
        line = [self.qemu, "-M", self.board, "-cpu", self.cpu, "-m", self.mem,
                "-smp", str(self.smp), "-display", "none", "-no-reboot",
                "-serial", "stdio", "-monitor", "none",
                "-qmp", "unix:%s/qmp,server=on,wait=off" % self.folder]
        if self.icount:
            # -rtc as fixed as the instruction count, for equal runs.
            line += ["-icount", self.icount,
                     "-rtc", "base=2020-01-01T00:00:00,clock=vm"]
        else:
            line += ["-accel", "tcg,thread=multi"]
        if not self.nic:
            line += ["-nic", "none"]
        if self.firmware == "uefi":
            if not os.path.exists(OVMF):
                raise Skip("no UEFI firmware: %s (package ovmf)" % OVMF)
            line += ["-bios", OVMF]
        if self.boot == "direct":
            line += ["-kernel", self.hypervisor, "-append", self.parameters]
            modules = []
            if self.kernel:
                modules.append((self.kernel + " " + self.dom0)
                               .replace(",", ",,"))
            if self.initrd:
                modules.append(self.initrd.replace(",", ",,"))
            if modules:
                line += ["-initrd", ",".join(modules)]
        elif self.boot in ("mb1", "mb2"):
            line += ["-cdrom", self.make_iso()]
        return line + self.arguments

    def make_iso(self):
        iso = os.path.join(self.folder, "boot.iso")
        done = subprocess.run(
            [ISO_SH, iso, self.hypervisor, self.kernel, self.initrd,
             self.parameters, self.dom0, self.boot],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            raise Fail("no ISO: " + done.stdout.strip()[-300:])
        return iso

    def start(self):
        os.makedirs(os.path.dirname(self.log_path), exist_ok=True)
        self.folder = tempfile.mkdtemp(prefix="parvis-")
        try:
            command = self.command()
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        self.log = open(self.log_path, "wb")
        self.log.write((" ".join(command) + "\n\n").encode())
        self.process = spawn(command, stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        return self

    def read(self):
        while True:
            data = os.read(self.process.stdout.fileno(), 65536)
            with self.changed:
                if data:
                    self.output += data
                    self.log.write(data)
                    self.log.flush()
                self.changed.notify_all()
            if not data:
                return

    def stop(self):
        """Ends QEMU, whatever it is doing; does nothing the second time."""
        if self.process:
            end(self.process)
            self.reader.join(5)
            self.process.stdin.close()
            self.process.stdout.close()
            self.log.close()
            self.process = None
        if self.qmp_socket:
            self.qmp_socket.close()
            self.qmp_socket = None
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    # ---- The serial line ----------------------------------------------------

    def text(self):
        """All that came over the serial line so far."""
        with self.changed:
            return self.output.decode("utf-8", "replace").replace("\r", "")

    def wait(self, pattern, timeout, unless=None):
        """The match of a regular expression in what came since the last one.

        Fails after `timeout` seconds, when QEMU ends, or as soon as `unless`
        matches.
        """
        end = time.monotonic() + timeout
        want = re.compile(pattern.encode(), re.M)
        stop = re.compile(unless.encode(), re.M) if unless else None
        with self.changed:
            while True:
                found = want.search(self.output, self.position)
                if found:
                    self.position = found.end()
                    return found
                bad = stop and stop.search(self.output, self.position)
                if bad:
                    raise Fail("%r came before %r" % (
                        bad.group(0).decode("utf-8", "replace"), pattern))
                if not self.reader.is_alive():
                    raise Fail("QEMU ended before %r" % pattern)
                left = end - time.monotonic()
                if left <= 0:
                    raise Fail("no %r in %d s" % (pattern, timeout))
                self.changed.wait(min(left, 1))

    def send(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def dom0_shell(self, timeout):
        """Waits for dom0's shell and readies it for shell()."""
        self.wait("dom0# ", timeout, unless=TROUBLE)
        # On a narrow terminal the shell would break long lines.
        self.send("stty cols 500\n")
        self.wait("dom0# ", 30)

    def shell(self, command, timeout=30):
        """What a command prints at dom0's shell, whose prompt is waited for
        before and after it. Fails if the command does."""
        self.send(command + "; echo @$?@\n")
        self.wait(re.escape("echo @$?@") + r"[\r\n]+", timeout)
        before = self.position
        found = self.wait(r"@(\d+)@[\r\n]", timeout)
        said = self.output[before:found.start()].decode("utf-8", "replace")
        self.wait("dom0# ", timeout)
        if found.group(1) != b"0":
            raise Fail("dom0: %s: status %s: %s" % (
                command, found.group(1).decode(), said.strip()[-200:]))
        return said.replace("\r", "")

    def wait_end(self, timeout):
        """Waits until QEMU ends by itself; fails if it does not."""
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise Fail("QEMU still runs after %d s" % timeout) from None

    # ---- QMP ----------------------------------------------------------------

    def qmp(self, name, **arguments):
        """Runs a QMP command and gives what it returns."""
        if not self.qmp_socket:
            self.qmp_socket = socket.socket(socket.AF_UNIX)
            self.qmp_socket.settimeout(30)
            self.qmp_socket.connect(self.folder + "/qmp")
            self.qmp_file = self.qmp_socket.makefile("rb")
            json.loads(self.qmp_file.readline())
            self.qmp("qmp_capabilities")
        request = {"execute": name, "arguments": arguments}
        self.qmp_socket.sendall(json.dumps(request).encode() + b"\n")
        while True:
            reply = json.loads(self.qmp_file.readline())
            if "event" in reply:
                self.events.append(reply)
            elif "error" in reply:
                raise Fail("QMP %s: %s" % (name, reply["error"]["desc"]))
            else:
                return reply["return"]

    def wait_event(self, name, timeout):
        """The data of a QMP event; call qmp() once before it may happen."""
        self.qmp_socket.settimeout(timeout)
        while True:
            for event in self.events:
                if event["event"] == name:
                    self.events.remove(event)
                    return event.get("data", {})
            try:
                line = self.qmp_file.readline()
            except socket.timeout:
                raise Fail("no event %s in %d s" % (name, timeout)) from None
            if not line:
                raise Fail("QEMU ended without the event " + name)
            self.events.append(json.loads(line))

    def screen_text(self):
        """What is in the memory of VGA's text mode, as one line for each of
        the screen's; a full one runs on in the next, as long messages do.
        (Linux scrolls by moving the screen's start within that memory.)"""
        path = self.folder + "/text"
        self.qmp("pmemsave", val=0xB8000, size=TEXT_BYTES, filename=path)
        with open(path, "rb") as f:
            data = f.read()
        lines = [data[i:i + 160:2].decode("latin-1").rstrip("\0 ")
                 for i in range(0, TEXT_BYTES - 159, 160)]
        return "".join(line if len(line) == 80 else line + "\n"
                       for line in lines)

    def screendump(self):
        """What the screen shows: (width, height, bytes of RGB)."""
        path = self.folder + "/ppm"
        self.qmp("screendump", filename=path)
        with open(path, "rb") as f:
            data = f.read()
        found = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", data)
        if not found:
            raise Fail("no screen dump")
        return int(found.group(1)), int(found.group(2)), data[found.end():]
