#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The machines of tests/system/matrix.txt: that each value, and each pair of
values that can occur in one machine, is there.

pairs.py generate   prints rows that do so, those first that add most
pairs.py check      says what is missing in matrix.txt, and which pairs no
                    machine can have; exit status 1 if something is missing
"""

import itertools
import random
import sys

import matrix

VALUES = {
    "kernel": ["6.1", "6.12"],
    "firmware": ["bios", "uefi"],
    "protocol": ["mb2", "mb1", "direct"],
    "smp": ["1", "2", "4", "8"],
    "mem": ["512M", "2G", "4G", "16G"],
    "cpu": ["max", "qemu64", "Haswell-noTSX", "EPYC"],
    "qemu": ["7.2", "10"],
}
NAMES = list(VALUES)
TRIES = 400
SEED = 9


def possible(row):
    """Can a (partial) row be a machine that boots?

    QEMU's -kernel brings its own loader, which needs a BIOS; multiboot 1
    tells a hypervisor on UEFI no ACPI tables, so that must be refused.
    """
    return row.get("firmware") != "uefi" or \
        row.get("protocol") in (None, "mb2")


def pairs_of(row):
    items = [(n, row[n]) for n in NAMES if n in row]
    return set(itertools.combinations(items, 2))


def all_pairs():
    """(pairs that some machine has, pairs that none can have)"""
    can, cannot = set(), set()
    for a, b in itertools.combinations(NAMES, 2):
        for x, y in itertools.product(VALUES[a], VALUES[b]):
            (can if possible({a: x, b: y}) else cannot).add(((a, x), (b, y)))
    return can, cannot


def best_row(wanted, chance):
    """A machine with as many of the wanted pairs as some tries find."""
    best, most = None, -1
    for _ in range(TRIES):
        start = chance.choice(sorted(wanted))
        row = dict(start)
        for name in chance.sample(NAMES, len(NAMES)):
            if name in row:
                continue
            choices = [v for v in VALUES[name] if possible({**row, name: v})]
            chance.shuffle(choices)
            row[name] = max(choices, key=lambda v: len(
                pairs_of({**row, name: v}) & wanted))
        found = len(pairs_of(row) & wanted)
        if possible(row) and found > most:
            best, most = row, found
    return best


def generate():
    chance = random.Random(SEED)
    wanted, _ = all_pairs()
    rows = []
    while wanted:
        row = best_row(wanted, chance)
        wanted -= pairs_of(row)
        rows.append(row)
    for row in rows:
        print("  ".join("%-*s" % (matrix.WIDTH[n], row[n]) for n in NAMES) +
              "  boots")


def check():
    rows = [dict(zip(NAMES, row.fields)) for row in matrix.read()
            if row.expect == "boots"]
    wanted, cannot = all_pairs()
    bad = [row for row in rows if not possible(row)]
    unknown = [(n, row[n]) for row in rows for n in NAMES
               if row[n] not in VALUES[n]]
    for row in rows:
        wanted -= pairs_of(row)
    print("%d machines, %d pairs covered, %d missing, %d that cannot exist" %
          (len(rows), len(all_pairs()[0]) - len(wanted), len(wanted),
           len(cannot)))
    for (a, x), (b, y) in sorted(cannot):
        print("cannot exist: %s %s with %s %s" % (a, x, b, y))
    for (a, x), (b, y) in sorted(wanted):
        print("missing: %s %s with %s %s" % (a, x, b, y))
    for row in bad:
        print("cannot boot: %s" % row)
    for name, value in unknown:
        print("unknown: %s %s" % (name, value))
    return 1 if wanted or bad or unknown else 0


def main():
    if sys.argv[1:] == ["generate"]:
        generate()
    elif sys.argv[1:] == ["check"]:
        sys.exit(check())
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
