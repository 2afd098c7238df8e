/* SPDX-License-Identifier: MIT */
/*
 * What a decoder of one compression format looks like to payload.c.
 *
 * A decoder is a thin shell round one library. It moves bytes from one
 * window to another and says "more" or "end"; limits, truncation and what
 * may follow a stream are judged once, in payload.c.
 *
 * All input is hostile. A decoder bounds its own memory: about
 * DECODE_WINDOW_BYTES, which is the widest window a kernel build uses (xz
 * and zstd -22: 128 MiB), plus what its library needs beside it.
 */
#pragma once

#include "report.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DECODE_WINDOW_LOG2  27
#define DECODE_WINDOW_BYTES ((uint64_t)1 << DECODE_WINDOW_LOG2)

enum decode_status {
    DECODE_END = 0,  /* the stream is complete and its checks hold */
    DECODE_MORE = 1, /* not yet; no byte moved means the input ran out */
};

/* The two windows of a step, each moved past what the step used. */
struct decode_io {
    const uint8_t *in;
    size_t in_bytes;
    uint8_t *out;
    size_t out_bytes; /* at least 1 at the start of a step */
    const char *why;  /* set when a step or open fails: a static string */
};

struct decoder {
    const char *name;
    const char *magic; /* how a stream starts */
    size_t magic_bytes;
    bool needs_size_word; /* the format cannot tell its own end */

    /*
     * Make ready for one stream. 0, or a negative errno with io->why set;
     * then there is nothing to close. The windows are not looked at.
     */
    int (*open)(void **state, struct decode_io *io);

    /*
     * Decode some. An enum decode_status, or a negative errno with io->why
     * set: -EINVAL damaged, -ENOTSUP a feature that is not supported,
     * -E2BIG window over the limit, -ENOMEM.
     */
    int (*step)(void *state, struct decode_io *io);

    void (*close)(void *state);
};

extern const struct decoder decode_stored; /* an ELF, as it is */
extern const struct decoder decode_gzip;
extern const struct decoder decode_xz;
extern const struct decoder decode_lzma;
extern const struct decoder decode_zstd;
extern const struct decoder decode_lz4;
extern const struct decoder decode_lz4_legacy;
extern const struct decoder decode_bzip2;
extern const struct decoder decode_lzo; /* only says that it cannot */

/* `used` bytes of the input and `made` bytes of the output are done with. */
static inline void decode_moved(struct decode_io *io, size_t used, size_t made)
{
    io->in += used;
    io->in_bytes -= used;
    io->out += made;
    io->out_bytes -= made;
}

/* Set the reason and return -error. */
static inline int decode_fail(struct decode_io *io, int error, const char *why)
{
    io->why = why;
    return -error;
}
