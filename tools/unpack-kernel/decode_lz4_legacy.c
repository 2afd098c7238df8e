/* SPDX-License-Identifier: MIT */
/*
 * The legacy lz4 frame (`lz4 -l`), which is what Linux builds use.
 *
 * After the magic come blocks: a 32-bit little-endian size, then so many
 * bytes that decode by themselves to 8 MiB or less. There is no end mark
 * and no checksum: the frame ends with the data, or where the next word
 * cannot be a block's size. In a kernel, that word is the size of the whole,
 * which payload.c then checks; when it is the very last word it may look
 * like a small block's size, so a word with nothing behind it is an end too.
 */
#include "decode.h"

#include "bytes.h"

#include <errno.h>
#include <lz4.h>
#include <stdlib.h>
#include <string.h>

enum {
    WORD_BYTES = 4,
    BLOCK_BYTES = 8 << 20,
    BLOCK_BYTES_PACKED = LZ4_COMPRESSBOUND(BLOCK_BYTES),
};

struct legacy {
    bool begun;         /* the magic is behind us */
    size_t held_bytes;  /* decoded, in block */
    size_t given_bytes; /* of these, how many were handed on */
    char block[BLOCK_BYTES];
};

static int legacy_open(void **state, struct decode_io *io)
{
    struct legacy *legacy = malloc(sizeof(*legacy));

    if (legacy == NULL)
        return decode_fail(io, ENOMEM, "out of memory");
    legacy->begun = false;
    legacy->held_bytes = 0;
    legacy->given_bytes = 0;
    *state = legacy;
    return 0;
}

/* Hand on what is left of the block that was decoded last. */
static int give(struct legacy *legacy, struct decode_io *io)
{
    size_t bytes = legacy->held_bytes - legacy->given_bytes;

    if (bytes > io->out_bytes)
        bytes = io->out_bytes;
    memcpy(io->out, legacy->block + legacy->given_bytes, bytes);
    legacy->given_bytes += bytes;
    decode_moved(io, 0, bytes);
    return DECODE_MORE;
}

static int legacy_step(void *state, struct decode_io *io)
{
    struct legacy *legacy = state;
    uint32_t packed;
    int made;

    if (legacy->given_bytes < legacy->held_bytes)
        return give(legacy, io);

    if (!legacy->begun) { /* the caller has seen the magic */
        legacy->begun = true;
        decode_moved(io, WORD_BYTES, 0);
    }
    if (io->in_bytes <= WORD_BYTES)
        return DECODE_END;
    packed = bytes_le32(io->in);
    if (packed > BLOCK_BYTES_PACKED)
        return DECODE_END;
    if (packed > io->in_bytes - WORD_BYTES)
        return decode_fail(io, EINVAL, "its last block is cut short");

    made = LZ4_decompress_safe((const char *)io->in + WORD_BYTES, legacy->block,
                               (int)packed, BLOCK_BYTES);
    if (made <= 0)
        return decode_fail(io, EINVAL, "the data is wrong");
    legacy->held_bytes = (size_t)made;
    legacy->given_bytes = 0;
    decode_moved(io, WORD_BYTES + packed, 0);
    return give(legacy, io);
}

static void legacy_close(void *state)
{
    free(state);
}

const struct decoder decode_lz4_legacy = {
    .name = "legacy lz4",
    .magic = "\x02\x21\x4c\x18",
    .magic_bytes = WORD_BYTES,
    .needs_size_word = true,
    .open = legacy_open,
    .step = legacy_step,
    .close = legacy_close,
};
