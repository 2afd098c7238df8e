/* SPDX-License-Identifier: MIT */
/*
 * What Debian's disassembler Zydis says about the bytes that the hypervisor's
 * decoder gets: an independent opinion in the same words.
 */
#pragma once

#include "pv/decode.h"

/*
 * Is there, in the first `count` bytes, an instruction that the decoder lists,
 * in a form that it lists? Then what the decoder must say about it.
 */
bool oracle_decode(const uint8_t *bytes, unsigned count, struct insn *out);

/*
 * Are the two the same, in all fields that mean something for their kind?
 * NULL, or the name of the first field that differs.
 */
const char *oracle_compare(const struct insn *a, const struct insn *b);

/* The instruction as text, for messages. */
const char *oracle_text(const uint8_t *bytes, unsigned count);
