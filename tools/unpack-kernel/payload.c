/* SPDX-License-Identifier: MIT */
/* Driving a decoder over a payload: see payload.h for the rules. */
#include "payload.h"

#include "bytes.h"
#include "decode.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum {
    SIZE_WORD_BYTES = 4,

    /*
     * Streams in one payload. pbzip2 writes one for each 900 kB; starting a
     * decoder costs far more than the few bytes of an empty stream, so the
     * number has to have an end.
     */
    STREAMS_MAX = 4096,
};

static const struct decoder *const decoders[] = {
    &decode_stored, &decode_gzip,       &decode_xz,
    &decode_zstd,   &decode_lz4_legacy, &decode_lz4,
    &decode_bzip2,  &decode_lzma,       &decode_lzo,
};

static bool starts_like(const struct decoder *decoder, const uint8_t *data,
                        size_t bytes)
{
    return bytes >= decoder->magic_bytes &&
           memcmp(data, decoder->magic, decoder->magic_bytes) == 0;
}

static const struct decoder *detect(const uint8_t *data, size_t bytes)
{
    for (size_t i = 0; i < sizeof(decoders) / sizeof(decoders[0]); i++)
        if (starts_like(decoders[i], data, bytes))
            return decoders[i];
    return NULL;
}

bool payload_is_known(const uint8_t *data, size_t bytes)
{
    return detect(data, bytes) != NULL;
}

/* What to try, by what went wrong. */
static const char *hint_for(int error)
{
    switch (error) {
    case ENOTSUP:
        return "use a kernel compressed by gzip, xz, zstd, lz4, bzip2 or "
               "lzma";
    case E2BIG:
        return "compress the kernel with a smaller one";
    case ENOMEM:
        return "free memory, or raise its limit";
    default:
        return "the file is damaged or cut short, fetch it again";
    }
}

/* Fill in the report for a decoder's failure rc at `where` in the data. */
static int fail_at(const struct decoder *decoder, int rc, const char *reason,
                   size_t where, struct report *why)
{
    return report_fail(why, -rc,
                       "cannot unpack the %s payload: %s (%zu bytes in); %s",
                       decoder->name, reason, where, hint_for(-rc));
}

static int fail_too_large(const struct buffer *out, struct report *why)
{
    return report_fail(why, EFBIG,
                       "cannot unpack the payload: it is larger than %zu "
                       "bytes; raise --max-size if you trust it",
                       out->max_bytes);
}

/*
 * One step of a decoder into the buffer. An enum decode_status, or a
 * negative errno with a report.
 */
static int step(const struct decoder *decoder, void *state,
                struct decode_io *io, const uint8_t *start, struct buffer *out,
                struct report *why)
{
    size_t in_bytes = io->in_bytes;
    size_t room, made;
    int rc = buffer_reserve(out, &room);

    if (rc == -ENOMEM)
        return fail_at(decoder, rc, "out of memory", (size_t)(io->in - start),
                       why);
    if (rc != 0)
        return fail_too_large(out, why);

    io->out = out->data + out->bytes;
    io->out_bytes = room;
    rc = decoder->step(state, io);
    made = room - io->out_bytes;
    buffer_advance(out, made);

    if (rc < 0)
        return fail_at(decoder, rc, io->why, (size_t)(io->in - start), why);
    if (buffer_is_over(out))
        return fail_too_large(out, why);
    if (rc == DECODE_MORE && made == 0 && io->in_bytes == in_bytes)
        return fail_at(decoder, -EINVAL, "the data ends early",
                       (size_t)(io->in - start), why);
    return rc;
}

/* Decode one stream and move io past it. 0 or a negative errno. */
static int unpack_stream(const struct decoder *decoder, struct decode_io *io,
                         const uint8_t *start, struct buffer *out,
                         struct report *why)
{
    void *state;
    int rc = decoder->open(&state, io);

    if (rc != 0)
        return fail_at(decoder, rc, io->why, (size_t)(io->in - start), why);

    do
        rc = step(decoder, state, io, start, out, why);
    while (rc == DECODE_MORE);

    decoder->close(state);
    return rc;
}

/* Judge what follows the last stream. */
static int check_rest(const struct payload *payload,
                      const struct decoder *decoder, const struct decode_io *io,
                      const struct buffer *out, struct report *why)
{
    if (io->in_bytes == SIZE_WORD_BYTES) {
        uint32_t size = bytes_le32(io->in);

        if (size == out->bytes)
            return 0;
        return report_fail(why, EINVAL,
                           "cannot unpack the %s payload: the size noted "
                           "after it is %" PRIu32 " bytes, it has %zu; the "
                           "file is damaged, fetch it again",
                           decoder->name, size, out->bytes);
    }
    if (io->in_bytes != 0)
        return report_fail(why, EINVAL,
                           "cannot unpack the %s payload: %zu bytes that "
                           "are no part of it follow it; the file is "
                           "damaged, fetch it again",
                           decoder->name, io->in_bytes);
    if (payload->is_in_bzimage && decoder->needs_size_word)
        return report_fail(why, EINVAL,
                           "cannot unpack the %s payload: its size is not "
                           "noted after it, so that nothing shows whether "
                           "it is whole; fetch the file again",
                           decoder->name);
    return 0;
}

static int fail_unknown(const struct payload *payload, struct report *why)
{
    uint8_t start[4] = {0};

    memcpy(start, payload->data,
           payload->bytes < sizeof(start) ? payload->bytes : sizeof(start));
    return report_fail(why, ENOTSUP,
                       "cannot unpack the payload: its format is unknown "
                       "(it starts %02x %02x %02x %02x); %s",
                       start[0], start[1], start[2], start[3],
                       hint_for(ENOTSUP));
}

int payload_unpack(const struct payload *payload, struct buffer *out,
                   struct report *why)
{
    const struct decoder *decoder = detect(payload->data, payload->bytes);
    struct decode_io io = {.in = payload->data, .in_bytes = payload->bytes};
    unsigned int stream_count = 0;

    if (decoder == NULL)
        return fail_unknown(payload, why);

    /* Some libraries count in 32 bits. */
    if (payload->bytes > UINT32_MAX || out->max_bytes >= UINT32_MAX)
        return report_fail(why, EFBIG,
                           "cannot unpack the %s payload: sizes of 4 GiB "
                           "and more are not supported; use a smaller "
                           "kernel",
                           decoder->name);

    do {
        int rc = unpack_stream(decoder, &io, payload->data, out, why);

        if (rc != 0)
            return rc;
        stream_count++;
    } while (stream_count < STREAMS_MAX && io.in_bytes > SIZE_WORD_BYTES &&
             starts_like(decoder, io.in, io.in_bytes));

    return check_rest(payload, decoder, &io, out, why);
}
