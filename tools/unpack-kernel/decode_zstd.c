/* SPDX-License-Identifier: MIT */
/* zstd, by libzstd, with its window limited to DECODE_WINDOW_BYTES. */
#include "decode.h"

#include <errno.h>
#include <zstd.h>
#include <zstd_errors.h>

static int zstd_open(void **state, struct decode_io *io)
{
    ZSTD_DCtx *zstd = ZSTD_createDCtx();
    size_t rc;

    if (zstd == NULL)
        return decode_fail(io, ENOMEM, "out of memory");
    rc = ZSTD_DCtx_setParameter(zstd, ZSTD_d_windowLogMax, DECODE_WINDOW_LOG2);
    if (ZSTD_isError(rc)) {
        ZSTD_freeDCtx(zstd);
        return decode_fail(io, ENOTSUP, "libzstd refuses a 128 MiB window");
    }
    *state = zstd;
    return 0;
}

static int fail_for(size_t rc, struct decode_io *io)
{
    switch (ZSTD_getErrorCode(rc)) {
    case ZSTD_error_memory_allocation:
        return decode_fail(io, ENOMEM, "out of memory");
    case ZSTD_error_frameParameter_windowTooLarge:
        return decode_fail(io, E2BIG, "its window is over 128 MiB");
    case ZSTD_error_dictionary_wrong:
        return decode_fail(io, ENOTSUP, "it needs a dictionary");
    case ZSTD_error_frameParameter_unsupported:
    case ZSTD_error_version_unsupported:
        return decode_fail(io, ENOTSUP, "its frame options are unknown");
    default:
        return decode_fail(io, EINVAL, "the data or its checksum is wrong");
    }
}

static int zstd_step(void *state, struct decode_io *io)
{
    ZSTD_inBuffer in = {.src = io->in, .size = io->in_bytes};
    ZSTD_outBuffer out = {.dst = io->out, .size = io->out_bytes};
    size_t rc = ZSTD_decompressStream(state, &out, &in);

    decode_moved(io, in.pos, out.pos);
    if (ZSTD_isError(rc))
        return fail_for(rc, io);
    return rc == 0 ? DECODE_END : DECODE_MORE;
}

static void zstd_close(void *state)
{
    ZSTD_freeDCtx(state);
}

const struct decoder decode_zstd = {
    .name = "zstd",
    .magic = "\x28\xb5\x2f\xfd",
    .magic_bytes = 4,
    .open = zstd_open,
    .step = zstd_step,
    .close = zstd_close,
};
