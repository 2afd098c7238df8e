/* SPDX-License-Identifier: MIT */
/*
 * A compressed kernel: which format it is, and its contents.
 *
 * What is judged here, once for all formats: how large the result may be,
 * whether the input ran out, and what may follow the stream. That is:
 * nothing; further streams of the same format (pbzip2 writes such); and then
 * perhaps one 32-bit little-endian word, the size of the result, which Linux
 * builds append to all formats but gzip, and which must be right.
 */
#pragma once

#include "buffer.h"
#include "report.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct payload {
    const uint8_t *data;
    size_t bytes;
    bool is_in_bzimage; /* then the size word may be insisted upon */
};

/* Does it start like a format known here, supported or not? Pure. */
bool payload_is_known(const uint8_t *data, size_t bytes);

/*
 * Decode a hostile payload to the end of the empty buffer `out`, whose limit
 * holds. Memory beside the buffer's: about 160 MiB at most. 0, or a negative
 * errno with a report; then the contents of the buffer mean nothing.
 */
MUST_CHECK int payload_unpack(const struct payload *payload, struct buffer *out,
                              struct report *why);
