/* SPDX-License-Identifier: MIT */
/* The formats without a library: an ELF as it is, and LZO, refused. */
#include "decode.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

static int stored_open(void **state, struct decode_io *io)
{
    (void)io;
    *state = NULL;
    return 0;
}

static int stored_step(void *state, struct decode_io *io)
{
    size_t bytes = io->in_bytes < io->out_bytes ? io->in_bytes : io->out_bytes;

    (void)state;
    memcpy(io->out, io->in, bytes);
    decode_moved(io, bytes, bytes);
    return io->in_bytes == 0 ? DECODE_END : DECODE_MORE;
}

static void stored_close(void *state)
{
    (void)state;
}

const struct decoder decode_stored = {
    .name = "ELF",
    .magic = ELFMAG,
    .magic_bytes = SELFMAG,
    .open = stored_open,
    .step = stored_step,
    .close = stored_close,
};

static int lzo_open(void **state, struct decode_io *io)
{
    (void)state;
    return decode_fail(io, ENOTSUP, "LZO is not supported");
}

const struct decoder decode_lzo = {
    .name = "LZO",
    .magic = "\x89LZO\x00\r\n\x1a\n",
    .magic_bytes = 9,
    .open = lzo_open,
};
