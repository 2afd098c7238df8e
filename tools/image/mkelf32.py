#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mkelf32.py IN OUT: puts the linked hypervisor into an ELF32 file.

QEMU's -kernel and GRUB's multiboot 1 load a 64-bit kernel from an ELF32
container only. The output has IN's loadable segments and no symbols; its
virtual addresses are the physical ones, and so is its entry point.
"""

import struct
import sys

MULTIBOOT1 = struct.pack("<I", 0x1BADB002)
MULTIBOOT1_LIMIT = 8192
MULTIBOOT2 = struct.pack("<I", 0xE85250D6)
MULTIBOOT2_LIMIT = 32768
PAGE = 4096
PT_LOAD = 1


def fail(text):
    sys.exit("mkelf32.py: %s: %s" % (sys.argv[1], text))


def segments(elf):
    """The loadable segments of an ELF64 file, and its entry point."""
    if elf[:6] != b"\x7fELF\x02\x01":
        fail("not a little-endian ELF64 file")
    entry, phoff = struct.unpack_from("<QQ", elf, 24)
    phentsize, phnum = struct.unpack_from("<HH", elf, 54)
    loads = []
    for i in range(phnum):
        kind, flags, offset, va, pa, filesz, memsz, _ = struct.unpack_from(
            "<IIQQQQQQ", elf, phoff + i * phentsize)
        if kind == PT_LOAD and memsz:
            loads.append((pa, va, memsz, flags, elf[offset:offset + filesz]))
    return sorted(loads), entry


def physical(loads, entry):
    for pa, va, memsz, _, _ in loads:
        if va <= entry < va + memsz:
            return entry - va + pa
        if pa <= entry < pa + memsz:
            return entry
    fail("the entry point %#x lies in no segment" % entry)


def check_header(image, magic, limit, step, name):
    at = image.find(magic)
    while at >= 0 and at % step:
        at = image.find(magic, at + 1)
    if not 0 <= at < limit:
        fail("no %s header in the first %d bytes" % (name, limit))


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: mkelf32.py IN OUT")
    with open(sys.argv[1], "rb") as f:
        loads, entry = segments(f.read())
    if not loads:
        fail("no loadable segment")
    if any(pa + memsz > 1 << 32 for pa, _, memsz, _, _ in loads):
        fail("a segment reaches beyond 4 GiB of physical memory")

    body = b""
    headers = b""
    for pa, _, memsz, flags, data in loads:
        body += bytes(-len(body) % PAGE)
        headers += struct.pack("<8I", PT_LOAD, PAGE + len(body), pa, pa,
                               len(data), memsz, flags, PAGE)
        body += data
    head = struct.pack("<16sHHIIIIIHHHHHH", b"\x7fELF\x01\x01\x01", 2, 3, 1,
                       physical(loads, entry), 52, 0, 0, 52, 32, len(loads),
                       0, 0, 0)
    image = (head + headers).ljust(PAGE, b"\0") + body
    check_header(image, MULTIBOOT1, MULTIBOOT1_LIMIT, 4, "multiboot 1")
    check_header(image, MULTIBOOT2, MULTIBOOT2_LIMIT, 8, "multiboot 2")
    with open(sys.argv[2], "wb") as f:
        f.write(image)


if __name__ == "__main__":
    main()
