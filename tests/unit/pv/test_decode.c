/* SPDX-License-Identifier: MIT */
/*
 * pv/decode.c on encodings written out by hand. What it says of all others is
 * compared with a disassembler in test_decode_oracle.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pv/decode.h"

/* The bytes given, and nothing readable behind them. */
static bool decode(const char *bytes, unsigned count, struct insn *in)
{
    uint8_t *copy = malloc(count);
    bool ok;

    assert_non_null(copy);
    memcpy(copy, bytes, count);
    ok = insn_decode(copy, count, in);
    free(copy);
    return ok;
}

#define DECODE(string, in) decode(string, sizeof(string) - 1, in)

static void test_kinds(void **unused)
{
    static const struct {
        const char *bytes;
        uint8_t count;
        enum insn_kind kind;
        uint8_t width; /* 0: means nothing */
    } list[] = {
        {"\x0f\xa2", 2, INSN_CPUID, 0},
        {"\x0f\x32", 2, INSN_RDMSR, 0},
        {"\x0f\x30", 2, INSN_WRMSR, 0},
        {"\xec", 1, INSN_IN, 1},
        {"\x66\xed", 2, INSN_IN, 2},
        {"\xe5\x10", 2, INSN_IN, 4},
        {"\xe6\x80", 2, INSN_OUT, 1},
        {"\xef", 1, INSN_OUT, 4},
        {"\xf3\x6c", 2, INSN_INS, 1},
        {"\xf3\x66\x6f", 3, INSN_OUTS, 2},
        {"\xfa", 1, INSN_CLI, 0},
        {"\xfb", 1, INSN_STI, 0},
        {"\xf4", 1, INSN_HLT, 0},
        {"\x0f\x06", 2, INSN_CLTS, 0},
        {"\x0f\x09", 2, INSN_WBINVD, 0},
        {"\x0f\x08", 2, INSN_WBINVD, 0},
        {"\x0f\x20\xc0", 3, INSN_MOV_FROM_CR, 8},
        {"\x0f\x22\xd8", 3, INSN_MOV_TO_CR, 8},
        {"\x0f\x21\xf8", 3, INSN_MOV_FROM_DR, 8},
        {"\x0f\x23\xf8", 3, INSN_MOV_TO_DR, 8},
        {"\x0f\x01\xf0", 3, INSN_LMSW, 2},
        {"\x0f\x01\xd1", 3, INSN_XSETBV, 0},
        {"\x0f\x31", 2, INSN_RDTSC, 0},
        {"\x0f\x01\xf9", 3, INSN_RDTSCP, 0},
        {"\x0f\x01\x00", 3, INSN_SGDT, 0},
        {"\x0f\x01\x08", 3, INSN_SIDT, 0},
        {"\x0f\x00\x00", 3, INSN_SLDT, 2},
        {"\x0f\x00\xc8", 3, INSN_STR, 4},
        {"\x48\x0f\x01\xe0", 4, INSN_SMSW, 8},
        {"\xcc", 1, INSN_INT, 0},
        {"\xcd\x80", 2, INSN_INT, 0},
        {"\x48\x89\x07", 3, INSN_MOV_TO_MEM, 8},
        {"\x87\x07", 2, INSN_XCHG, 4},
        {"\xf0\x48\x0f\xb1\x0f", 5, INSN_CMPXCHG, 8},
        {"\x48\x0f\xc1\x07", 4, INSN_XADD, 8},
        {"\x20\x07", 2, INSN_AND, 1},
        {"\x66\x09\x07", 3, INSN_OR, 2},
        {"\x31\x07", 2, INSN_XOR, 4},
        {"\x01\x07", 2, INSN_ADD, 4},
        {"\x29\x07", 2, INSN_SUB, 4},
        {"\xf0\x48\x0f\xba\x2f\x01", 6, INSN_BTS, 8},
        {"\x48\x0f\xb3\x07", 4, INSN_BTR, 8},
        {"\x0f\xbb\x07", 3, INSN_BTC, 4},
        {"\xf3\x48\xab", 3, INSN_STOS, 8},
    };

    (void)unused;
    for (unsigned i = 0; i < ARRAY_COUNT(list); i++) {
        struct insn in;

        assert_true(decode(list[i].bytes, list[i].count, &in));
        assert_int_equal(in.kind, list[i].kind);
        assert_int_equal(in.length, list[i].count);
        if (list[i].width)
            assert_int_equal(in.width, list[i].width);
        for (unsigned n = 0; n < list[i].count; n++)
            assert_false(decode(list[i].bytes, n, &in));
    }
}

static void test_not_listed(void **unused)
{
    static const struct {
        const char *bytes;
        uint8_t count;
    } list[] = {
        {"\x90", 1},                 /* nop */
        {"\x48\x8b\x07", 3},         /* mov rax, [rdi] */
        {"\x48\x89\xf8", 3},         /* mov rax, rdi: no memory */
        {"\x87\xc0", 2},             /* xchg eax, eax */
        {"\x48\x39\x07", 3},         /* cmp */
        {"\x11\x07", 2},             /* adc */
        {"\x83\x17\x01", 3},         /* adc */
        {"\x83\x3f\x01", 3},         /* cmp */
        {"\x0f\xba\x27\x01", 4},     /* bt */
        {"\xc7\x0f\0\0\0\0", 6},     /* group 11, not mov */
        {"\x0f\x01\x10", 3},         /* lgdt */
        {"\x0f\x01\xc1", 3},         /* vmcall */
        {"\x0f\x01\x38", 3},         /* invlpg */
        {"\x0f\x00\x10", 3},         /* lldt */
        {"\x0f\x00\xd8", 3},         /* ltr */
        {"\x0f\x05", 2},             /* syscall */
        {"\x0f\x0b", 2},             /* ud2 */
        {"\xf1", 1},                 /* int1 */
        {"\x8c\x07", 2},             /* mov [rdi], es */
        {"\xc5\xf8\x77", 3},         /* vzeroupper */
        {"\xa3\0\0\0\0\0\0\0\0", 9}, /* mov [moffs], eax */
    };

    (void)unused;
    for (unsigned i = 0; i < ARRAY_COUNT(list); i++) {
        struct insn in;

        assert_false(decode(list[i].bytes, list[i].count, &in));
    }
}

static void test_operands(void **unused)
{
    struct insn in;

    (void)unused;
    /* lock xadd gs:[r13 + r12*8 - 128], r15 */
    assert_true(DECODE("\xf0\x65\x4f\x0f\xc1\x7c\xe5\x80", &in));
    assert_true(in.lock && in.rm_is_mem && !in.rip_relative);
    assert_int_equal(in.segment, 5);
    assert_int_equal(in.base, 13);
    assert_int_equal(in.index, 12);
    assert_int_equal(in.scale, 8);
    assert_int_equal(in.displacement, -128);
    assert_int_equal(in.source, SOURCE_REG);
    assert_int_equal(in.reg, 15);

    /* mov qword [rip + 0x10], -2 */
    assert_true(DECODE("\x48\xc7\x05\x10\0\0\0\xfe\xff\xff\xff", &in));
    assert_true(in.rip_relative && in.rm_is_mem);
    assert_int_equal(in.base, -1);
    assert_int_equal(in.displacement, 0x10);
    assert_int_equal(in.source, SOURCE_IMM);
    assert_int_equal(in.imm, (uint64_t)-2);

    /* mov [0x12345678], bh: no base, no index, a high byte */
    assert_true(DECODE("\x88\x3c\x25\x78\x56\x34\x12", &in));
    assert_int_equal(in.base, -1);
    assert_int_equal(in.index, -1);
    assert_int_equal(in.displacement, 0x12345678);
    assert_true(in.reg_high_byte);
    assert_int_equal(in.reg, 3);
    /* With any REX it is DIL. */
    assert_true(DECODE("\x40\x88\x3f", &in));
    assert_false(in.reg_high_byte);
    assert_int_equal(in.reg, 7);

    /* R12 needs a SIB byte, R13 a displacement, as RSP and RBP do. */
    assert_true(DECODE("\x41\x89\x04\x24", &in));
    assert_int_equal(in.base, 12);
    assert_int_equal(in.index, -1);
    assert_true(DECODE("\x41\x89\x45\x00", &in));
    assert_int_equal(in.base, 13);

    assert_true(DECODE("\x44\x0f\x20\xc7", &in)); /* mov rdi, cr8 */
    assert_int_equal(in.reg, 8);
    assert_int_equal(in.rm_reg, 7);
    assert_true(DECODE("\xe4\xfe", &in)); /* in al, 0xfe */
    assert_int_equal(in.imm, 0xfe);
    assert_false(in.dx_port);
    assert_true(DECODE("\xcd\xfe", &in));
    assert_int_equal(in.imm, 0xfe);
    assert_true(DECODE("\xcc", &in));
    assert_int_equal(in.imm, 3);
}

/* No more than 15 bytes, whatever follows. */
static void test_length_limit(void **unused)
{
    uint8_t bytes[32];
    struct insn in;

    (void)unused;
    memset(bytes, 0x3e, sizeof(bytes));
    assert_false(insn_decode(bytes, sizeof(bytes), &in));
    bytes[14] = 0xfa;
    assert_true(insn_decode(bytes, sizeof(bytes), &in));
    assert_int_equal(in.length, 15);
    bytes[14] = 0x3e;
    bytes[15] = 0xfa;
    assert_false(insn_decode(bytes, sizeof(bytes), &in));
    assert_false(insn_decode(bytes, 0, &in));
}

/* ---- Regressions ---- */

/*
 * Mistake: the byte after a REX was taken for the opcode. Effect: a prefix or
 * a second REX there made the instruction unknown, and a guest that uses such
 * padding got its #GP. Check: the processor's rule, only a REX right before
 * the opcode counts.
 */
static void test_rex_not_last(void **unused)
{
    struct insn in;

    (void)unused;
    assert_true(DECODE("\x48\x66\x89\x07", &in)); /* mov [rdi], ax */
    assert_int_equal(in.width, 2);
    assert_true(DECODE("\x4f\x64\x88\x27", &in)); /* mov fs:[rdi], ah */
    assert_true(in.reg_high_byte);
    assert_int_equal(in.base, 7);
    assert_true(DECODE("\x48\x44\x89\x07", &in)); /* mov [rdi], r8d */
    assert_int_equal(in.width, 4);
    assert_int_equal(in.reg, 8);
}

/*
 * Mistake: a LOCK prefix was taken with every instruction. Effect: what is an
 * invalid opcode was emulated, if another CPU wrote the prefix after the
 * fault. Check: each listed kind that may not have one.
 */
static void test_lock(void **unused)
{
    struct insn in;

    (void)unused;
    assert_false(DECODE("\xf0\x48\x89\x07", &in)); /* mov */
    assert_false(DECODE("\xf0\x0f\xa2", &in));
    assert_false(DECODE("\xf0\x0f\x20\xc0", &in));
    assert_false(DECODE("\xf0\xab", &in));
    assert_false(DECODE("\xf0\xcd\x80", &in));
    assert_true(DECODE("\xf0\x48\x87\x07", &in)); /* xchg */
    assert_true(DECODE("\xf0\x83\x07\x01", &in));
    assert_true(DECODE("\xf0\x0f\xbb\x07", &in));
}

/*
 * Mistake: moves to and from control and debug registers were decoded like
 * other ModRM operands, and refused with mod other than 3; registers that do
 * not exist were taken. Effect: valid encodings got #GP. Check: mod is
 * ignored; CR0, 2, 3, 4, 8 and DR0 to 7 only.
 */
static void test_control_moves(void **unused)
{
    struct insn in;

    (void)unused;
    assert_true(DECODE("\x0f\x22\x1c", &in)); /* mov cr3, rsp */
    assert_int_equal(in.reg, 3);
    assert_int_equal(in.rm_reg, 4);
    assert_false(in.rm_is_mem);
    assert_true(DECODE("\x0f\x21\x45", &in)); /* mov rbp, dr0 */
    for (unsigned reg = 0; reg < 16; reg++) {
        char cr[] = "\x40\x0f\x20\xc0", dr[] = "\x40\x0f\x23\xc0";

        cr[0] = dr[0] = (char)(reg & 8 ? 0x44 : 0x40);
        cr[3] = dr[3] = (char)(0xc0 | (reg & 7) << 3);
        assert_int_equal(decode(cr, 4, &in), reg == 0 || reg == 2 || reg == 3 ||
                                                 reg == 4 || reg == 8);
        assert_int_equal(decode(dr, 4, &in), reg < 8);
    }
}

/*
 * Mistake: string instructions were taken with an address-size prefix, and
 * OUTS with a segment, but emulated at the whole RDI or RSI without a base.
 * Effect: the wrong address was read or written. Check: not on the list.
 */
static void test_odd_strings(void **unused)
{
    struct insn in;

    (void)unused;
    assert_false(DECODE("\x67\x6c", &in));
    assert_false(DECODE("\x67\x6f", &in));
    assert_false(DECODE("\x67\x48\xab", &in));
    assert_false(DECODE("\x64\x6e", &in));
    assert_false(DECODE("\xf3\x65\x6f", &in));
    /* INS and STOS write through ES, whatever the prefix. */
    assert_true(DECODE("\x64\x6c", &in));
    assert_true(DECODE("\x65\xaa", &in));
}

/*
 * Mistake: a 16-bit prefix beat REX.W for ports; LMSW had 4 bytes; MOVNTI and
 * XSETBV were taken with prefixes that make them invalid. Effect: ports
 * accessed with the wrong width. Check: against what the processor does.
 */
static void test_widths(void **unused)
{
    struct insn in;

    (void)unused;
    assert_true(DECODE("\x66\x48\xed", &in));
    assert_int_equal(in.width, 4);
    assert_true(DECODE("\x66\x48\x6d", &in));
    assert_int_equal(in.width, 4);
    assert_true(DECODE("\x48\x0f\x01\xf0", &in));
    assert_int_equal(in.width, 2);
    assert_false(DECODE("\x66\x0f\xc3\x07", &in));
    assert_false(DECODE("\xf3\x0f\xc3\x07", &in));
    assert_false(DECODE("\xf2\x0f\x01\xd1", &in));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_not_listed),
        cmocka_unit_test(test_operands),
        cmocka_unit_test(test_length_limit),
        cmocka_unit_test(test_rex_not_last),
        cmocka_unit_test(test_lock),
        cmocka_unit_test(test_control_moves),
        cmocka_unit_test(test_odd_strings),
        cmocka_unit_test(test_widths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
