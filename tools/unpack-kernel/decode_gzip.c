/* SPDX-License-Identifier: MIT */
/* gzip (RFC 1952), by zlib. The window is 32 KiB at most. */
#include "decode.h"

#include <errno.h>
#include <stdlib.h>
#define ZLIB_CONST /* next_in is a pointer to const */
#include <zlib.h>

/* zlib: 15 for the widest window, plus 16 for a gzip wrapper and only it. */
#define GZIP_WINDOW_BITS (15 + 16)

static int gzip_open(void **state, struct decode_io *io)
{
    z_stream *z = calloc(1, sizeof(*z));

    if (z == NULL)
        return decode_fail(io, ENOMEM, "out of memory");
    if (inflateInit2(z, GZIP_WINDOW_BITS) != Z_OK) {
        free(z);
        return decode_fail(io, ENOMEM, "out of memory");
    }
    *state = z;
    return 0;
}

static int gzip_step(void *state, struct decode_io *io)
{
    z_stream *z = state;
    int rc;

    /* payload.c keeps both below 4 GiB. */
    z->next_in = io->in;
    z->avail_in = (uInt)io->in_bytes;
    z->next_out = io->out;
    z->avail_out = (uInt)io->out_bytes;
    rc = inflate(z, Z_NO_FLUSH);
    decode_moved(io, io->in_bytes - z->avail_in, io->out_bytes - z->avail_out);

    switch (rc) {
    case Z_STREAM_END:
        return DECODE_END;
    case Z_OK:
    case Z_BUF_ERROR: /* nothing moved */
        return DECODE_MORE;
    case Z_MEM_ERROR:
        return decode_fail(io, ENOMEM, "out of memory");
    default:
        return decode_fail(io, EINVAL, "the data or its checksum is wrong");
    }
}

static void gzip_close(void *state)
{
    inflateEnd(state);
    free(state);
}

const struct decoder decode_gzip = {
    .name = "gzip",
    .magic = "\x1f\x8b",
    .magic_bytes = 2,
    .open = gzip_open,
    .step = gzip_step,
    .close = gzip_close,
};
