/* SPDX-License-Identifier: MIT */
/* Unpacking payloads, and what is expected of it. */
#pragma once

#include "buffer.h"
#include "image.h"
#include "report.h"

#include <stdbool.h>
#include <stddef.h>

#define MIB ((size_t)1 << 20)

/* payload_unpack's result under a limit; the buffer is the caller's to free. */
int unpacking_try(const struct image *image, size_t max_bytes,
                  bool is_in_bzimage, struct buffer *out, struct report *why);

/* It unpacks, to just this. */
void unpacking_gives(const struct image *packed, const struct image *expected);

/* It fails with this errno, and with these words in the report. */
void unpacking_refused(const struct image *packed, int error,
                       const char *words);

void unpacking_refused_under(const struct image *packed, size_t max_bytes,
                             int error, const char *words);

/* A good kernel with so much filling. */
struct image unpacking_make_elf(size_t fill_bytes);
