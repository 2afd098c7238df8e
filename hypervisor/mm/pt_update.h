/* SPDX-License-Identifier: MIT */
/* The only function that writes an entry of a guest's checked table. */
#pragma once

#include "mm/pt_entry.h"

/*
 * Replace the entry at `place`, of whose table the caller holds a type
 * reference, by `entry`, checked. `expected`: only if it is that now, else
 * -EAGAIN. `keep_ad`: accessed and dirty bits stay set. `who` as for
 * pt_entry_get().
 */
MUST_CHECK int pt_update(struct vcpu_mm *who, const struct pt_place *place,
                         bool iomem, uint16_t frame_owner, uint64_t entry,
                         const uint64_t *expected, bool keep_ad) MAY_YIELD;
