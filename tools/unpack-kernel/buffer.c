/* SPDX-License-Identifier: MIT */
/* A byte buffer that grows up to a limit: see buffer.h for its invariant. */
#include "buffer.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#define FIRST_BYTES ((size_t)1 << 16)

void buffer_init(struct buffer *buffer, size_t max_bytes)
{
    assert(max_bytes < SIZE_MAX);
    *buffer = (struct buffer){.max_bytes = max_bytes};
}

/* Twice what there is, but no more than the limit and the byte past it. */
static size_t next_capacity(const struct buffer *buffer)
{
    size_t most = buffer->max_bytes + 1;

    if (buffer->capacity == 0)
        return most < FIRST_BYTES ? most : FIRST_BYTES;
    return buffer->capacity > most / 2 ? most : buffer->capacity * 2;
}

int buffer_reserve(struct buffer *buffer, size_t *room)
{
    if (buffer_is_over(buffer))
        return -EFBIG;

    if (buffer->bytes == buffer->capacity) {
        size_t capacity = next_capacity(buffer);
        uint8_t *data = realloc(buffer->data, capacity);

        if (data == NULL)
            return -ENOMEM;
        buffer->data = data;
        buffer->capacity = capacity;
    }

    *room = buffer->capacity - buffer->bytes;
    return 0;
}

void buffer_advance(struct buffer *buffer, size_t bytes)
{
    assert(bytes <= buffer->capacity - buffer->bytes);
    buffer->bytes += bytes;
}

bool buffer_is_over(const struct buffer *buffer)
{
    return buffer->bytes > buffer->max_bytes;
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->data);
    buffer_init(buffer, buffer->max_bytes);
}
