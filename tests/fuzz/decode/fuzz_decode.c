/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer: any bytes as an instruction. The decoder reads none behind them,
 * takes exactly what the disassembler calls a listed instruction, and says the
 * same about it.
 */
#include <stdlib.h>
#include <string.h>

#include "pv/oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void require(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    struct insn ours, theirs;
    /* Of its own size, so that the sanitizer sees each byte behind it. */
    uint8_t *copy = malloc(bytes ? bytes : 1);
    bool we, they;

    require(copy);
    memcpy(copy, data, bytes);
    we = insn_decode(copy, (unsigned)bytes, &ours);
    they = bytes && oracle_decode(copy, (unsigned)bytes, &theirs);
    require(we == they);
    if (we) {
        require(!oracle_compare(&ours, &theirs));
        require(ours.length <= bytes && ours.length <= INSN_MAX_BYTES);
        require(insn_decode(copy, ours.length, &theirs));
        require(!insn_decode(copy, ours.length - 1U, &theirs));
    }
    free(copy);
    return 0;
}
