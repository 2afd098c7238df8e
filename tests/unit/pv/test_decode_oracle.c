/* SPDX-License-Identifier: MIT */
/*
 * pv/decode.c against Zydis: whatever the decoder takes, the disassembler
 * takes too and says the same about every operand; and whatever the
 * disassembler calls a listed instruction in a listed form, the decoder takes.
 * Over all opcodes, ModRM bytes and a choice of prefixes, and random bytes.
 * SEED in the environment chooses other random bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pv/oracle.h"

#define RANDOM_TRIES      3000000
#define DIFFERENCES_SHOWN 20

static uint64_t state;
static unsigned long tried, agreed, differences;

static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static int setup(void **unused)
{
    const char *seed = getenv("SEED");

    (void)unused;
    state = seed ? strtoull(seed, NULL, 0) : 0x5eed;
    state = state * 2 + 1;
    tried = agreed = differences = 0;
    return 0;
}

static int report(void **unused)
{
    (void)unused;
    print_message("%lu sequences, %lu of them listed instructions\n", tried,
                  agreed);
    return 0;
}

static void show(const char *what, const uint8_t *bytes)
{
    if (++differences > DIFFERENCES_SHOWN)
        return;
    print_message("%s:", what);
    for (unsigned i = 0; i < INSN_MAX_BYTES; i++)
        print_message(" %02x", bytes[i]);
    print_message("  %s\n", oracle_text(bytes, INSN_MAX_BYTES));
}

static void compare(const uint8_t *bytes)
{
    struct insn ours, theirs;
    bool we = insn_decode(bytes, INSN_MAX_BYTES, &ours);
    bool they = oracle_decode(bytes, INSN_MAX_BYTES, &theirs);
    const char *field;

    tried++;
    if (we != they) {
        show(we ? "only we take" : "we don't take", bytes);
        return;
    }
    if (!we)
        return;
    agreed++;
    field = oracle_compare(&ours, &theirs);
    if (field) {
        show(field, bytes);
        return;
    }
    /* Exactly its own bytes are enough and needed. */
    if (!insn_decode(bytes, ours.length, &theirs) ||
        insn_decode(bytes, ours.length - 1U, &theirs))
        show("needs other bytes than its own", bytes);
}

static void fill(uint8_t *bytes)
{
    uint64_t a = next_random(), b = next_random();

    memcpy(bytes, &a, 8);
    memcpy(bytes + 8, &b, 7);
}

/* Prefix, opcode and all ModRM bytes; what follows is random. */
static void enumerate_modrm(const uint8_t *prefix, unsigned prefix_bytes,
                            unsigned opcode)
{
    uint8_t bytes[INSN_MAX_BYTES];
    unsigned at = prefix_bytes;

    fill(bytes);
    memcpy(bytes, prefix, prefix_bytes);
    if (opcode > 0xff)
        bytes[at++] = 0x0f;
    bytes[at++] = (uint8_t)opcode;
    for (unsigned modrm = 0; modrm < 256; modrm++) {
        bytes[at] = (uint8_t)modrm;
        bytes[at + 1] = (uint8_t)next_random();
        compare(bytes);
    }
}

static void test_all_opcodes(void **unused)
{
    static const char *const prefixes[] = {
        "",         "\x66",     "\x67",     "\xf0",     "\xf2",
        "\xf3",     "\x64",     "\x65",     "\x2e",     "\x66\x67",
        "\x66\xf3", "\x66\xf2", "\xf2\xf3", "\xf0\x66", "\xf3\xf0",
        "\x64\x65", "\x65\x64", "\x64\x3e", "\x48\x66", "\x67\x65\x66\xf0",
        "\x41\x67", "\x44\x48"};
    static const uint8_t rexes[] = {0, 0x40, 0x41, 0x42, 0x44, 0x48, 0x4f};

    (void)unused;
    for (unsigned p = 0; p < ARRAY_COUNT(prefixes); p++)
        for (unsigned r = 0; r < ARRAY_COUNT(rexes); r++) {
            uint8_t prefix[8];
            unsigned n = (unsigned)strlen(prefixes[p]);

            memcpy(prefix, prefixes[p], n);
            if (rexes[r])
                prefix[n++] = rexes[r];
            for (unsigned op = 0; op < 512; op++)
                enumerate_modrm(prefix, n, op);
        }
    assert_int_equal(differences, 0);
    assert_true(agreed > 100000);
}

/* All REX and SIB bytes with each form of displacement. */
static void test_all_addresses(void **unused)
{
    uint8_t bytes[INSN_MAX_BYTES];

    (void)unused;
    for (unsigned rex = 0x40; rex < 0x50; rex++)
        for (unsigned modrm = 0; modrm < 0xc0; modrm++)
            for (unsigned sib = 0; sib < 256; sib++) {
                fill(bytes);
                bytes[0] = (uint8_t)rex;
                bytes[1] = 0x89;
                bytes[2] = (uint8_t)modrm;
                bytes[3] = (uint8_t)sib;
                compare(bytes);
            }
    assert_int_equal(differences, 0);
    assert_int_equal(agreed, tried);
}

static void test_random_bytes(void **unused)
{
    /* Prefixes turn up often; an opcode is 0F or any. */
    static const uint8_t common[] = {0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x64,
                                     0x65, 0x2e, 0x36, 0x40, 0x48, 0x4f,
                                     0x41, 0x42, 0x44, 0x0f};

    (void)unused;
    for (unsigned i = 0; i < RANDOM_TRIES; i++) {
        uint8_t bytes[INSN_MAX_BYTES];
        uint64_t r = next_random();
        unsigned prefixes = r & 15;

        fill(bytes);
        /* Mostly a few, now and then up to the limit of 15 bytes. */
        if (r & 0x30)
            prefixes &= 3;
        for (unsigned p = 0; p < prefixes && p < INSN_MAX_BYTES; p++)
            bytes[p] = common[next_random() % ARRAY_COUNT(common)];
        compare(bytes);
    }
    assert_int_equal(differences, 0);
    assert_true(agreed > RANDOM_TRIES / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_all_opcodes, setup, report),
        cmocka_unit_test_setup_teardown(test_all_addresses, setup, report),
        cmocka_unit_test_setup_teardown(test_random_bytes, setup, report),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
