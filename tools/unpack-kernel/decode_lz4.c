/* SPDX-License-Identifier: MIT */
/*
 * The lz4 frame format, by liblz4. Its blocks are 4 MiB at most.
 *
 * Not here: the legacy frame that kernels carry. See decode_lz4_legacy.c.
 */
#include "decode.h"

#include <errno.h>
#include <lz4frame.h>

static int lz4_open(void **state, struct decode_io *io)
{
    LZ4F_dctx *lz4;

    if (LZ4F_isError(LZ4F_createDecompressionContext(&lz4, LZ4F_VERSION)))
        return decode_fail(io, ENOMEM, "out of memory");
    *state = lz4;
    return 0;
}

static int lz4_step(void *state, struct decode_io *io)
{
    size_t used = io->in_bytes;
    size_t made = io->out_bytes;
    size_t rc = LZ4F_decompress(state, io->out, &made, io->in, &used, NULL);

    if (LZ4F_isError(rc))
        return decode_fail(io, EINVAL, "the data or its checksum is wrong");
    decode_moved(io, used, made);
    return rc == 0 ? DECODE_END : DECODE_MORE;
}

static void lz4_close(void *state)
{
    LZ4F_freeDecompressionContext(state);
}

const struct decoder decode_lz4 = {
    .name = "lz4",
    .magic = "\x04\x22\x4d\x18",
    .magic_bytes = 4,
    .open = lz4_open,
    .step = lz4_step,
    .close = lz4_close,
};
