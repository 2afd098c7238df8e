/* SPDX-License-Identifier: MIT */
/*
 * Guest memory by guest virtual address, in the current root. The only code
 * that opens a guest-access window (stac/clac); a fault inside is fixed up.
 * Guest memory is read once, into a local.
 *
 * Each returns 0 or -EFAULT; on -EFAULT the destination is unspecified (but
 * never holds hypervisor data).
 */
#pragma once

#include "lib/types.h"

/* The range lies outside the hypervisor's slots and is canonical. */
bool guest_range_ok(const void __guest *p, size_t bytes);
MUST_CHECK int guest_read(void *dst, const void __guest *src, size_t bytes);
MUST_CHECK int guest_write(void __guest *dst, const void *src, size_t bytes);
MUST_CHECK int guest_clear(void __guest *dst, size_t bytes);
