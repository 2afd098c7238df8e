/* SPDX-License-Identifier: MIT */
/*
 * A byte buffer that grows up to a limit.
 *
 * Invariant: bytes <= capacity <= max_bytes + 1. The byte past the limit is
 * there so that whoever fills the buffer can tell "exactly the limit" from
 * "more than that" without knowing how his source ends; a buffer that uses
 * it is over, and its contents are not to be used.
 */
#pragma once

#include "report.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer {
    uint8_t *data; /* from malloc; NULL while capacity is 0 */
    size_t bytes;  /* how many are filled */
    size_t capacity;
    size_t max_bytes; /* const after init */
};

/* An empty buffer. `max_bytes` is less than SIZE_MAX. */
void buffer_init(struct buffer *buffer, size_t max_bytes);

/*
 * Make room for at least one more byte and tell in *room how many fit at
 * data + bytes. 0, -ENOMEM, or -EFBIG when the buffer is over already; the
 * contents stay in every case, though data may move.
 */
MUST_CHECK int buffer_reserve(struct buffer *buffer, size_t *room);

/* `bytes` more of the room are filled. No more than the last reserve told. */
void buffer_advance(struct buffer *buffer, size_t bytes);

/* Does it hold more than its limit? */
bool buffer_is_over(const struct buffer *buffer);

/* Give the memory back. The buffer is empty again and keeps its limit. */
void buffer_free(struct buffer *buffer);
