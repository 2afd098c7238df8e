/* SPDX-License-Identifier: MIT */
/* Pages of a guest's GDT or LDT: the content of frames of type SEGDESC. */
#pragma once

#include "lib/types.h"

/*
 * Check, and make safe, all descriptors of a frame that nobody can write.
 * -EINVAL: it has one that no guest may have; earlier ones may be changed.
 */
MUST_CHECK int segdesc_validate(mfn_t mfn);
