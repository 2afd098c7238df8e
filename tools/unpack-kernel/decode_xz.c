/* SPDX-License-Identifier: MIT */
/*
 * xz, with the x86 branch filter that kernels use, and the older lzma
 * ("alone") format, both by liblzma under its memory limit.
 */
#include "decode.h"

#include <errno.h>
#include <lzma.h>
#include <stdlib.h>

/* The dictionary, and 32 MiB for the filters and liblzma's own tables. */
#define MEMORY_BYTES (DECODE_WINDOW_BYTES + (UINT64_C(32) << 20))

static int fail_for(lzma_ret rc, struct decode_io *io)
{
    switch (rc) {
    case LZMA_MEM_ERROR:
        return decode_fail(io, ENOMEM, "out of memory");
    case LZMA_MEMLIMIT_ERROR:
        return decode_fail(io, E2BIG, "its dictionary is over 128 MiB");
    case LZMA_UNSUPPORTED_CHECK:
        return decode_fail(io, ENOTSUP, "its kind of checksum is unknown");
    case LZMA_OPTIONS_ERROR:
        return decode_fail(io, ENOTSUP, "its filters or options are unknown");
    default:
        return decode_fail(io, EINVAL, "the data or its checksum is wrong");
    }
}

static int lzma_start(void **state, struct decode_io *io,
                      lzma_ret (*init)(lzma_stream *lzma))
{
    lzma_stream *lzma = malloc(sizeof(*lzma));
    lzma_ret rc;

    if (lzma == NULL)
        return decode_fail(io, ENOMEM, "out of memory");
    *lzma = (lzma_stream)LZMA_STREAM_INIT;
    rc = init(lzma);
    if (rc != LZMA_OK) {
        free(lzma);
        return fail_for(rc, io);
    }
    *state = lzma;
    return 0;
}

static lzma_ret init_xz(lzma_stream *lzma)
{
    return lzma_stream_decoder(lzma, MEMORY_BYTES, LZMA_TELL_UNSUPPORTED_CHECK);
}

static int xz_open(void **state, struct decode_io *io)
{
    return lzma_start(state, io, init_xz);
}

static lzma_ret init_alone(lzma_stream *lzma)
{
    return lzma_alone_decoder(lzma, MEMORY_BYTES);
}

static int alone_open(void **state, struct decode_io *io)
{
    return lzma_start(state, io, init_alone);
}

static int lzma_step(void *state, struct decode_io *io)
{
    lzma_stream *lzma = state;
    lzma_ret rc;

    lzma->next_in = io->in;
    lzma->avail_in = io->in_bytes;
    lzma->next_out = io->out;
    lzma->avail_out = io->out_bytes;
    rc = lzma_code(lzma, LZMA_RUN);
    decode_moved(io, io->in_bytes - lzma->avail_in,
                 io->out_bytes - lzma->avail_out);

    switch (rc) {
    case LZMA_STREAM_END:
        return DECODE_END;
    case LZMA_OK:
    case LZMA_BUF_ERROR: /* nothing moved, twice */
        return DECODE_MORE;
    default:
        return fail_for(rc, io);
    }
}

static void lzma_close(void *state)
{
    lzma_end(state);
    free(state);
}

const struct decoder decode_xz = {
    .name = "xz",
    .magic = "\xfd"
             "7zXZ\x00",
    .magic_bytes = 6,
    .open = xz_open,
    .step = lzma_step,
    .close = lzma_close,
};

/*
 * This format has no magic. Linux knows it by the usual properties (lc 3,
 * lp 0, pb 2: 0x5d) and a dictionary size whose low half is zero.
 */
const struct decoder decode_lzma = {
    .name = "lzma",
    .magic = "\x5d\x00\x00",
    .magic_bytes = 3,
    .open = alone_open,
    .step = lzma_step,
    .close = lzma_close,
};
