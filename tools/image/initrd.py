#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes dom0's initramfs, and further archives to append to it.

initrd.py dom0 MODULES INIT OUT      busybox, the modules of modules.txt with
                                     what they depend on, and INIT as /init.
                                     MODULES is a tree lib/modules/VERSION.
initrd.py files OUT DEST=SOURCE...   the files (programs with the libraries
                                     that they load) at these places

The same input gives the same bytes: names are sorted, and all belong to root
and have the time SOURCE_DATE_EPOCH (0 if unset). The archives are not
compressed: unpacking them costs an emulated machine more than reading them.
"""

import lzma
import os
import re
import stat
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BUSYBOX = "/bin/busybox"
TIME = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))


def fail(text):
    sys.exit("initrd.py: " + text)


# ---- The archive ------------------------------------------------------------

class Archive:
    """Files by name; written as a newc cpio archive in sorted order."""

    def __init__(self):
        self.entries = {}

    def add(self, name, mode, data=b"", device=(0, 0)):
        parent = os.path.dirname(name)
        if parent and parent not in self.entries:
            self.add(parent, stat.S_IFDIR | 0o755)
        self.entries[name] = (mode, data, device)

    def folder(self, name):
        self.add(name, stat.S_IFDIR | 0o755)

    def link(self, name, target):
        self.add(name, stat.S_IFLNK | 0o777, target.encode())

    def file(self, name, data, mode=0o644):
        self.add(name, stat.S_IFREG | mode, data)

    def copy(self, name, source):
        with open(source, "rb") as f:
            mode = 0o755 if os.access(source, os.X_OK) else 0o644
            self.file(name, f.read(), mode)

    def write(self, out):
        with open(out + ".tmp", "wb") as f:
            for inode, name in enumerate(sorted(self.entries), 1):
                self.put(f, inode, name, *self.entries[name])
            self.put(f, 0, "TRAILER!!!", 0, b"", (0, 0))
            f.write(bytes(-f.tell() % 512))
        os.rename(out + ".tmp", out)

    @staticmethod
    def put(f, inode, name, mode, data, device):
        links = 2 if stat.S_ISDIR(mode) else 1
        fields = (inode, mode, 0, 0, links, TIME, len(data), 0, 0,
                  device[0], device[1], len(name) + 1, 0)
        f.write(b"070701" + b"".join(b"%08X" % v for v in fields))
        f.write(name.encode() + b"\0")
        f.write(bytes(-f.tell() % 4))
        f.write(data)
        f.write(bytes(-f.tell() % 4))


# ---- Kernel modules ---------------------------------------------------------

def read_module(path):
    with open(path, "rb") as f:
        data = f.read()
    return lzma.decompress(data) if path.endswith(".xz") else data


def depends_of(module):
    """The names in a module's modinfo "depends=", from its ELF sections."""
    shoff, = struct.unpack_from("<Q", module, 40)
    shentsize, shnum, shstrndx = struct.unpack_from("<HHH", module, 58)

    def section(i):
        name, _, _, _, offset, size = struct.unpack_from(
            "<IIQQQQ", module, shoff + i * shentsize)
        return name, module[offset:offset + size]

    names = section(shstrndx)[1]
    for i in range(shnum):
        name, body = section(i)
        if names[name:names.index(b"\0", name)] == b".modinfo":
            found = re.search(rb"(?:^|\0)depends=([^\0]*)", body)
            return found.group(1).decode().split(",") if found else []
    return []


def plain(name):
    return name.replace("-", "_")


class Modules:
    def __init__(self, tree):
        self.tree = tree
        self.paths = {}
        for folder, _, names in os.walk(tree):
            for name in names:
                found = re.match(r"(.*)\.ko(\.xz)?$", name)
                if found:
                    self.paths[plain(found.group(1))] = os.path.join(folder,
                                                                     name)
        with open(os.path.join(tree, "modules.builtin")) as f:
            self.builtin = {plain(os.path.basename(line.strip())[:-3])
                            for line in f}
        self.taken = {}

    def take(self, name, optional=False):
        name = plain(name)
        if not name or name in self.taken or name in self.builtin:
            return
        if name not in self.paths:
            if not optional:
                fail("%s has no module %s" % (self.tree, name))
            return
        data = read_module(self.paths[name])
        path = os.path.relpath(self.paths[name], self.tree)
        self.taken[name] = (re.sub(r"\.xz$", "", path), data)
        for other in depends_of(data):
            self.take(other)

    def index(self):
        """What depmod says of those taken: the index files that modprobe
        reads."""
        version = os.path.basename(self.tree.rstrip("/"))
        with tempfile.TemporaryDirectory() as top:
            root = os.path.join(top, "lib/modules", version)
            for path, data in self.taken.values():
                full = os.path.join(root, path)
                os.makedirs(os.path.dirname(full), exist_ok=True)
                with open(full, "wb") as f:
                    f.write(data)
            for name in ("modules.builtin", "modules.builtin.modinfo",
                         "modules.order"):
                os.symlink(os.path.abspath(os.path.join(self.tree, name)),
                           os.path.join(root, name))
            env = dict(os.environ, PATH=os.environ["PATH"] + ":/sbin:/usr/sbin")
            subprocess.run(["depmod", "-b", top, version], check=True, env=env)
            for name in ("modules.dep", "modules.alias", "modules.softdep"):
                with open(os.path.join(root, name), "rb") as f:
                    yield name, f.read()
        with open(os.path.join(self.tree, "modules.builtin"), "rb") as f:
            yield "modules.builtin", f.read()


def listed_modules():
    with open(os.path.join(HERE, "modules.txt")) as f:
        for line in f:
            words = line.split("#")[0].split()
            if words:
                yield words[0].lstrip("?"), words[0].startswith("?")


# ---- The two kinds of archive -----------------------------------------------

def dom0(tree, init, out):
    archive = Archive()
    for name in ("dev", "proc", "sys", "tmp", "run", "root", "mnt", "etc"):
        archive.folder(name)
    # The console that the kernel opens for /init, before /dev is mounted.
    archive.add("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))
    archive.add("dev/null", stat.S_IFCHR | 0o666, device=(1, 3))
    archive.copy("bin/busybox", BUSYBOX)
    for applet in subprocess.run([BUSYBOX, "--list"], check=True, text=True,
                                 stdout=subprocess.PIPE).stdout.split():
        if applet not in ("busybox", "init", "linuxrc"):
            archive.link("bin/" + applet, "busybox")
    archive.link("sbin", "bin")
    archive.file("etc/passwd", b"root::0:0:root:/root:/bin/sh\n")
    archive.file("etc/group", b"root:x:0:\n")
    archive.file("etc/hosts", b"127.0.0.1 localhost dom0\n")
    with open(init, "rb") as f:
        archive.file("init", f.read(), 0o755)
    with open(os.path.join(HERE, "udhcpc.sh"), "rb") as f:
        archive.file("etc/udhcpc.sh", f.read(), 0o755)

    modules = Modules(tree)
    for name, optional in listed_modules():
        modules.take(name, optional)
    root = "lib/modules/" + os.path.basename(tree.rstrip("/")) + "/"
    for path, data in modules.taken.values():
        archive.file(root + path, data)
    for name, data in modules.index():
        archive.file(root + name, data)
    archive.write(out)


def libraries(program):
    """The shared libraries that a program loads; none for a static one."""
    told = subprocess.run(["ldd", program], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout
    for line in told.splitlines():
        found = re.search(r"(?:=>)?\s+(/\S+) \(0x", line)
        if found:
            yield found.group(1)
        elif "not found" in line:
            fail("%s: %s" % (program, line.strip()))


def files(out, pairs):
    archive = Archive()
    for pair in pairs:
        name, _, source = pair.partition("=")
        archive.copy(name, source)
        with open(source, "rb") as f:
            is_elf = f.read(4) == b"\x7fELF"
        for library in libraries(source) if is_elf else ():
            archive.copy(library.lstrip("/"), library)
    archive.write(out)


def main():
    args = sys.argv[1:]
    if args[:1] == ["dom0"] and len(args) == 4:
        dom0(*args[1:])
    elif args[:1] == ["files"] and len(args) > 1:
        files(args[1], args[2:])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
