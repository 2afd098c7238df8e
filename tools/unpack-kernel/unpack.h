/* SPDX-License-Identifier: MIT */
/* From a kernel image in memory to the checked ELF within it. */
#pragma once

#include "buffer.h"
#include "report.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Unpack a hostile image, which is a bzImage, a compressed ELF or an ELF,
 * into the empty buffer `out`, whose limit holds, and check what comes out.
 * A kernel without Xen PV notes is an error unless `may_lack_notes`. 0, or a
 * negative errno with a report; then the buffer's contents mean nothing. No
 * file is touched, and equal images give equal results.
 */
MUST_CHECK int unpack_image(const uint8_t *image, size_t bytes,
                            bool may_lack_notes, struct buffer *out,
                            struct report *why);
