/* SPDX-License-Identifier: MIT */
/*
 * The setup header of a Linux bzImage, read from memory.
 *
 * A bzImage is a boot sector, a few sectors of real-mode setup code, then
 * the protected-mode part, in which the compressed kernel (the payload) lies
 * somewhere. From boot protocol 2.08 on, the header tells where. (Linux,
 * Documentation/arch/x86/boot.rst.)
 *
 * Not here: what the payload is. See payload.h.
 */
#pragma once

#include "report.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bzimage {
    uint16_t protocol;     /* major << 8 | minor, at least 0x208 */
    size_t payload_offset; /* from the start of the image */
    size_t payload_bytes;  /* at least 1; all of it in the image */
};

/* Does the image carry the mark of a Linux setup header? */
bool bzimage_is(const uint8_t *image, size_t bytes);

/*
 * Find the payload of a hostile image. 0, or -EINVAL with a report. Pure:
 * `out` is written on success only, and names bytes of the image only.
 */
MUST_CHECK int bzimage_parse(const uint8_t *image, size_t bytes,
                             struct bzimage *out, struct report *why);
