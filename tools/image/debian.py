#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fetches what Parvis needs of Debian without installing it.

debian.py kernel OUT [SUITE]   linux-image-amd64: OUT/vmlinuz, OUT/version,
                               OUT/modules/VERSION
debian.py qemu OUT [SUITE]     qemu-system-x86 and the libraries it needs
                               beyond this machine's: OUT/qemu-system-x86_64

Without SUITE the machine's own apt configuration serves. With SUITE (such as
bookworm-backports) a private one under build/apt does: the machine's sources,
with SUITE beside its release. Packages are kept in build/cache (another
place: PARVIS_CACHE, PARVIS_APT), so a second build downloads nothing.
"""

import glob
import os
import re
import shlex
import shutil
import subprocess
import sys

CACHE = os.path.abspath(os.environ.get("PARVIS_CACHE", "build/cache"))
APT = os.path.abspath(os.environ.get("PARVIS_APT", "build/apt"))


class Unavailable(Exception):
    """What was asked for cannot be had from this machine's sources."""


def run(*command, **more):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          **more)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise Unavailable("%s: %s" % (" ".join(command[:2]), lines[-1]))
    return done.stdout


# ---- apt --------------------------------------------------------------------

def release():
    with open("/etc/os-release") as f:
        found = re.search(r'^VERSION_CODENAME="?(\w+)', f.read(), re.M)
    if not found:
        raise Unavailable("/etc/os-release names no release of Debian")
    return found.group(1)


def stanza_with(stanza, codename, suite):
    """A deb822 stanza with SUITE added if it names the release's archive."""
    def widen(match):
        suites = match.group(2).split()
        if codename in suites and suite not in suites:
            suites.append(suite)
        return match.group(1) + " " + " ".join(suites)
    return re.sub(r"(?mi)^(Suites:)\s*(.*)$", widen, stanza)


def line_with(line, codename, suite):
    """A one-line source, and below it the same one for SUITE."""
    words = re.match(r"(deb\s+(?:\[[^]]*\]\s+)?\S+\s+)(\S+)(\s+.*)", line)
    if words and words.group(2) == codename:
        return line + "\n" + words.group(1) + suite + words.group(3)
    return line


class Apt:
    """apt with the machine's sources, and with SUITE if one is named."""

    def __init__(self, suite=None):
        self.suite = suite
        self.options = []
        if suite:
            self.options = self.private(suite)
        self.updated = False

    def private(self, suite):
        etc = os.path.join(APT, "sources")
        shutil.rmtree(etc, ignore_errors=True)
        for folder in (etc, APT + "/lists/partial", APT + "/archives/partial"):
            os.makedirs(folder, exist_ok=True)
        codename = release()
        found = False
        for name in ["/etc/apt/sources.list"] + sorted(
                glob.glob("/etc/apt/sources.list.d/*")):
            if not re.search(r"\.(list|sources)$", name) or \
                    not os.path.exists(name):
                continue
            with open(name) as f:
                text = f.read()
            if name.endswith(".list"):
                text = "\n".join(line_with(line, codename, suite)
                                 for line in text.splitlines()) + "\n"
            else:
                text = "\n\n".join(stanza_with(s, codename, suite)
                                   for s in text.split("\n\n"))
            found = found or suite in text
            with open(os.path.join(etc, os.path.basename(name)), "w") as f:
                f.write(text)
        if not found:
            raise Unavailable("no apt source of this machine has %s, so none "
                              "can have %s" % (codename, suite))
        return ["-o", "Dir::Etc::sourcelist=/dev/null",
                "-o", "Dir::Etc::sourceparts=" + etc,
                "-o", "Dir::State::lists=" + APT + "/lists",
                "-o", "Dir::Cache::archives=" + APT + "/archives",
                "-o", "Dir::Cache::pkgcache=", "-o", "Dir::Cache::srcpkgcache=",
                "-o", "APT::Default-Release=" + suite]

    def update(self):
        if not self.updated:
            self.updated = True
            run("apt-get", "-qq", "update", *self.options)

    def run(self, *command, **more):
        """Runs an apt command; once more with fresh lists if it fails."""
        line = [command[0]] + self.options + list(command[1:])
        try:
            return run(*line, **more)
        except Unavailable:
            if self.updated:
                raise
            self.update()
            return run(*line, **more)

    def show(self, package):
        """The fields of the candidate version's record."""
        record = self.run("apt-cache", "show", "--no-all-versions", package)
        fields = {}
        for line in record.split("\n\n")[0].splitlines():
            key, _, value = line.partition(": ")
            fields.setdefault(key, value)
        return fields

    def download(self, package, version):
        """The path of that .deb in the cache."""
        os.makedirs(CACHE, exist_ok=True)
        pattern = "%s/%s_%s_*.deb" % (CACHE, package,
                                      version.replace(":", "%3a"))
        if not glob.glob(pattern):
            self.run("apt-get", "-qq", "download",
                     "%s=%s" % (package, version), cwd=CACHE)
        return glob.glob(pattern)[0]


def unpack(deb, out, *members):
    """Unpacks all of a .deb, or those of the members that it has."""
    os.makedirs(out, exist_ok=True)
    tar = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb],
                           stdout=subprocess.PIPE)
    wanted = ["--wildcards"] + list(members) if members else []
    done = subprocess.run(["tar", "-x", "-C", out] + wanted,
                          stdin=tar.stdout, stderr=subprocess.PIPE)
    tar.stdout.close()
    if tar.wait() or (done.returncode and not members):
        raise Unavailable("cannot unpack %s: %s" % (deb, done.stderr.decode()))


# ---- What is fetched --------------------------------------------------------

def kernel(out, suite):
    apt = Apt(suite)
    if suite:
        apt.update()
    depends = apt.show("linux-image-amd64").get("Depends", "")
    found = re.match(r"(linux-image-\S+) \(= (\S+)\)", depends)
    if not found:
        raise Unavailable("linux-image-amd64 names no kernel: " + depends)
    deb = apt.download(*found.groups())

    work = out + ".new"
    shutil.rmtree(work, ignore_errors=True)
    unpack(deb, work + "/deb", "./boot/vmlinuz-*", "*/modules/*")
    os.rename(glob.glob(work + "/deb/boot/vmlinuz-*")[0], work + "/vmlinuz")
    tree = (glob.glob(work + "/deb/lib/modules") +
            glob.glob(work + "/deb/usr/lib/modules"))[0]
    os.rename(tree, work + "/modules")
    shutil.rmtree(work + "/deb")
    with open(work + "/version", "w") as f:
        f.write(os.listdir(work + "/modules")[0] + "\n")
    shutil.rmtree(out, ignore_errors=True)
    os.rename(work, out)


def qemu(out, suite):
    apt = Apt(suite)
    if suite:
        apt.update()
    plan = apt.run("apt-get", "install", "--simulate", "--no-remove",
                   "--no-install-recommends", "qemu-system-x86",
                   *(["-t", suite] if suite else []))
    work = out + ".new"
    shutil.rmtree(work, ignore_errors=True)
    for package, version in re.findall(
            r"^Inst (\S+) (?:\[\S+\] )?\((\S+) ", plan, re.M):
        unpack(apt.download(package, version), work)
    if not os.path.exists(work + "/usr/bin/qemu-system-x86_64"):
        raise Unavailable("this machine's own QEMU is already that of " +
                          (suite or release()))
    os.rename(work + "/usr/bin/qemu-system-x86_64", work + "/usr/bin/qemu")
    here = shlex.quote(os.path.abspath(out))
    with open(work + "/qemu-system-x86_64", "w") as f:
        f.write("#!/bin/sh\n"
                "d=%s\n"
                'export LD_LIBRARY_PATH="$d/usr/lib/x86_64-linux-gnu:'
                '$d/lib/x86_64-linux-gnu"\n'
                'export QEMU_MODULE_DIR="$d/usr/lib/x86_64-linux-gnu/qemu"\n'
                'exec "$d/usr/bin/qemu" -L "$d/usr/share/qemu" '
                '-L "$d/usr/share/seabios" -L "$d/usr/lib/ipxe/qemu" "$@"\n'
                % here)
    os.chmod(work + "/qemu-system-x86_64", 0o755)
    shutil.rmtree(out, ignore_errors=True)
    os.rename(work, out)


def main():
    verbs = {"kernel": kernel, "qemu": qemu}
    if len(sys.argv) not in (3, 4) or sys.argv[1] not in verbs:
        sys.exit(__doc__)
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    os.environ["LC_ALL"] = "C.UTF-8"
    try:
        verbs[sys.argv[1]](sys.argv[2],
                           sys.argv[3] if len(sys.argv) == 4 else None)
    except Unavailable as e:
        print("debian.py: %s: %s" % (" ".join(sys.argv[1:]), e),
              file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
