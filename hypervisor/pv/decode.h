/* SPDX-License-Identifier: MIT */
/*
 * Decoder for the closed list of instructions that are emulated for a guest.
 * A pure function of the bytes: it reads nothing but its arguments.
 */
#pragma once

#include "lib/types.h"

#define INSN_MAX_BYTES 15

enum insn_kind {
    INSN_UNKNOWN,
    INSN_CPUID,
    INSN_RDMSR,
    INSN_WRMSR,
    INSN_IN, /* width, port in imm or DX */
    INSN_OUT,
    INSN_INS, /* string forms: width, rep */
    INSN_OUTS,
    INSN_CLI,
    INSN_STI,
    INSN_HLT,
    INSN_CLTS,
    INSN_WBINVD, /* and INVD */
    INSN_MOV_FROM_CR,
    INSN_MOV_TO_CR,
    INSN_MOV_FROM_DR,
    INSN_MOV_TO_DR,
    INSN_LMSW,
    INSN_XSETBV,
    INSN_RDTSC,
    INSN_RDTSCP,
    INSN_SGDT, /* UMIP: dummy values */
    INSN_SIDT,
    INSN_SLDT,
    INSN_SMSW,
    INSN_STR,
    INSN_INT, /* imm: vector */
    /* Writes to memory (page tables). */
    INSN_MOV_TO_MEM, /* reg -> mem, or imm -> mem */
    INSN_XCHG,
    INSN_CMPXCHG,
    INSN_XADD,
    INSN_AND,
    INSN_OR,
    INSN_XOR,
    INSN_ADD,
    INSN_SUB,
    INSN_BTS,
    INSN_BTR,
    INSN_BTC,
    INSN_STOS,
};

/* Where the second operand comes from. */
enum insn_source {
    SOURCE_NONE,
    SOURCE_REG,
    SOURCE_IMM
};

struct insn {
    enum insn_kind kind;
    uint8_t length; /* bytes of the whole instruction */
    uint8_t width;  /* operand bytes: 1, 2, 4, 8 */
    bool rep, lock;
    bool dx_port; /* port in DX, else in imm */
    enum insn_source source;
    uint8_t reg;        /* ModRM reg, with REX.R: 0-15 */
    bool reg_high_byte; /* reg means AH, CH, DH or BH */
    uint64_t imm;       /* sign-extended immediate */
    /* Memory or register operand of ModRM r/m. */
    bool rm_is_mem;
    uint8_t rm_reg;     /* when it is a register: 0-15 */
    int8_t base, index; /* register numbers, -1: none */
    uint8_t scale;      /* 1, 2, 4, 8 */
    bool rip_relative;
    bool address32;  /* addr-size prefix */
    uint8_t segment; /* 0: default; 4: FS, 5: GS */
    int64_t displacement;
};

/*
 * Decode a 64-bit-mode instruction from `count` readable bytes. False when it
 * is none of the list, longer than the bytes given, or invalid (a LOCK prefix
 * where none may be); nor are string instructions with 32-bit addresses, or
 * OUTS from FS or GS, on the list.
 */
MUST_CHECK bool insn_decode(const uint8_t *bytes, unsigned count,
                            struct insn *out);
