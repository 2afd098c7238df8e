# SPDX-License-Identifier: MIT
"""Values of C expressions, learnt from the compiler without running code.

All values become one array in an object file, one item a line; the array's
section is read back. So it works for -m32 without a 32-bit C library, and a
compiler error's line number tells which item does not exist.
"""
import os
import re
import struct
import subprocess
import tempfile


def evaluate(prologue, flags, numbers, bits=()):
    """numbers: list of (key, constant expression); bits: list of
    (key, struct, bit-field), whose value is the field's mask in the struct's
    first 8 bytes. Returns {key: int}; a key that does not compile is absent.
    """
    items = [(key, '.n = (long long)(%s)' % expr) for key, expr in numbers]
    types = sorted({ctype for _, ctype, _ in bits})
    for key, ctype, field in bits:
        items.append((key, '.b%d = { .%s = -1 }' % (types.index(ctype), field)))
    head = prologue + '\nunion probe { long long n;'
    for i, ctype in enumerate(types):
        head += ' %s b%d;' % (ctype, i)
    head += ('};\n_Static_assert(sizeof(union probe) == 8, "8 bytes");\n'
             '__attribute__((section(".probe"), used))\n'
             'const union probe probe[] = {\n')
    for _ in range(8):
        values, bad = attempt(head, flags, items)
        if not bad:
            return dict(zip((key for key, _ in items), values))
        items = [item for i, item in enumerate(items) if i not in bad]
    raise RuntimeError('probe does not settle')


def attempt(head, flags, items):
    """(values, None), or (None, indices of the items that do not compile)."""
    first = head.count('\n') + 1
    text = head + ''.join('{ %s },\n' % init for _, init in items) + '};\n'
    with tempfile.TemporaryDirectory() as tmp:
        obj, out = os.path.join(tmp, 'p.o'), os.path.join(tmp, 'p.bin')
        done = subprocess.run(
            ['gcc', '-w', '-ffreestanding', '-fmax-errors=0',
             '-fno-diagnostics-show-caret', '-xc', '-c', '-', '-o', obj] +
            flags, input=text, capture_output=True, text=True)
        if done.returncode:
            lines = re.findall(r'^<stdin>:(\d+):\d+: error', done.stderr, re.M)
            bad = {int(line) - first for line in lines}
            if not bad or min(bad) < 0 or max(bad) >= len(items):
                raise RuntimeError(done.stderr)
            return None, bad
        subprocess.run(['objcopy', '-O', 'binary', '-j', '.probe', obj, out],
                       check=True)
        with open(out, 'rb') as f:
            return struct.unpack('<%dq' % len(items), f.read()), None
