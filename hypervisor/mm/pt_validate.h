/* SPDX-License-Identifier: MIT */
/* Entering and leaving a page-table type: for frame.c. */
#pragma once

#include "lib/types.h"

struct vcpu_mm;

/*
 * Check all entries of a frame that is busy and that nobody can write, and
 * take what they stand for: all or nothing. -EINVAL, -EPERM, -EBUSY, -EAGAIN,
 * -EOVERFLOW by its entries; -ECANCELED.
 */
MUST_CHECK int pt_validate(struct vcpu_mm *who, mfn_t mfn, uint16_t owner,
                           unsigned level) MAY_YIELD;
/* Drop it all. Goes on to the end even if told to abandon. */
void pt_devalidate(struct vcpu_mm *who, mfn_t mfn, unsigned level) MAY_YIELD;
