/* SPDX-License-Identifier: MIT */
/* bzip2, by libbz2, which needs 4 MiB at most. */
#include "decode.h"

#include <bzlib.h>
#include <errno.h>
#include <stdlib.h>

static int bzip2_open(void **state, struct decode_io *io)
{
    bz_stream *bz = calloc(1, sizeof(*bz));

    if (bz == NULL)
        return decode_fail(io, ENOMEM, "out of memory");
    if (BZ2_bzDecompressInit(bz, 0, 0) != BZ_OK) {
        free(bz);
        return decode_fail(io, ENOMEM, "out of memory");
    }
    *state = bz;
    return 0;
}

static int bzip2_step(void *state, struct decode_io *io)
{
    bz_stream *bz = state;
    int rc;

    /*
     * libbz2 never writes through next_in but lacks the const; a union
     * rather than a cast, because the const is dropped on purpose.
     */
    union {
        const uint8_t *from;
        char *to;
    } in = {.from = io->in};

    /* payload.c keeps both below 4 GiB. */
    bz->next_in = in.to;
    bz->avail_in = (unsigned int)io->in_bytes;
    bz->next_out = (char *)io->out;
    bz->avail_out = (unsigned int)io->out_bytes;
    rc = BZ2_bzDecompress(bz);
    decode_moved(io, io->in_bytes - bz->avail_in,
                 io->out_bytes - bz->avail_out);

    switch (rc) {
    case BZ_STREAM_END:
        return DECODE_END;
    case BZ_OK:
        return DECODE_MORE;
    case BZ_MEM_ERROR:
        return decode_fail(io, ENOMEM, "out of memory");
    default:
        return decode_fail(io, EINVAL, "the data or its checksum is wrong");
    }
}

static void bzip2_close(void *state)
{
    BZ2_bzDecompressEnd(state);
    free(state);
}

const struct decoder decode_bzip2 = {
    .name = "bzip2",
    .magic = "BZh",
    .magic_bytes = 3,
    .open = bzip2_open,
    .step = bzip2_step,
    .close = bzip2_close,
};
