#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Does the test of the frame engine notice mistakes? Puts each line of
seeded.txt into a copy of the sources, builds both tests, runs them with a few
seeds and names the mistakes that none of them noticed."""

import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.path.join(HERE, "../../.."))
MM = ("frame heap slab pt_entry pt_validate pt_update guest_pt domain_memory "
      "segdesc memory_map map check").split()
SEEDS = ("1", "2", "3")


def mistakes():
    for line in open(os.path.join(HERE, "seeded.txt")):
        if line.startswith("#") or not line.strip():
            continue
        fields = line.rstrip("\n").replace("\\|", "\0").split(" | ")
        yield [f.replace("\0", "|").replace("\\n", "\n") for f in fields]


def build(work, test):
    sources = [f"{HERE}/{s}.c" for s in (test, "world", "model", "machine")]
    sources += [f"{work}/hypervisor/mm/{s}.c" for s in MM]
    sources.append(f"{work}/hypervisor/cpu/tlb.c")
    return subprocess.run(
        ["gcc", "-std=gnu11", "-O1", "-w", "-D_GNU_SOURCE",
         f"-I{work}/hypervisor", f"-I{TOP}/include",
         "-iquote", f"{HERE}/fake", "-o", f"{work}/{test}"] + sources +
        ["-lcmocka", "-pthread"], capture_output=True).returncode == 0


def noticed(work):
    for test in ("test_heap", "test_frames", "test_yield"):
        if not build(work, test):
            sys.exit(f"{test} does not compile")
        for seed in SEEDS:
            try:
                if subprocess.run([f"{work}/{test}"], capture_output=True,
                                  env={"MM_SEED": seed},
                                  timeout=30).returncode:
                    return f"{test}, seed {seed}"
            except subprocess.TimeoutExpired:
                return f"{test}, seed {seed}: does not end"
    return None


def main():
    total = missed = 0
    for path, old, new in mistakes():
        with tempfile.TemporaryDirectory() as work:
            shutil.copytree(f"{TOP}/hypervisor", f"{work}/hypervisor")
            name = f"{work}/hypervisor/{path}"
            text = open(name).read()
            if old not in text:
                sys.exit(f"{path}: not found: {old!r}")
            open(name, "w").write(text.replace(old, new, 1))
            by = noticed(work)
        total += 1
        missed += by is None
        print(f"{'MISSED' if by is None else 'caught'} {path}: "
              f"{old.splitlines()[0]!r}: {by}", flush=True)
    print(f"{total} mistakes, {missed} missed")
    return missed != 0


if __name__ == "__main__":
    sys.exit(main())
