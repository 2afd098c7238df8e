/* SPDX-License-Identifier: MIT */
/* Runs single instructions on this machine's processor. */
#pragma once

#include <stdint.h>

#define NATIVE_CF 0x1UL
#define NATIVE_PF 0x4UL
#define NATIVE_AF 0x10UL
#define NATIVE_ZF 0x40UL
#define NATIVE_SF 0x80UL
#define NATIVE_DF 0x400UL
#define NATIVE_OF 0x800UL
#define NATIVE_ARITH \
    (NATIVE_CF | NATIVE_PF | NATIVE_AF | NATIVE_ZF | NATIVE_SF | NATIVE_OF)

/* General registers in instruction encoding, RSP (number 4) apart. */
struct native_state {
    uint64_t r[16];
    uint64_t flags; /* of NATIVE_ARITH and NATIVE_DF */
};

/*
 * Load the registers and flags from `s`, execute `bytes` of instruction at
 * `code`, which is writable and executable with a byte to spare behind them,
 * and store the registers and flags again. RSP is not loaded.
 */
void native_run(struct native_state *s, uint8_t *code, const uint8_t *insn,
                unsigned bytes);
