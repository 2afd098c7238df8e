/* SPDX-License-Identifier: MIT */
/* Pages of a guest's GDT or LDT. */
#include "mm/segdesc.h"

#include "cpu/descriptor.h"
#include "lib/errno.h"
#include "mm/map.h"

int segdesc_validate(mfn_t mfn)
{
    uint64_t *desc = mfn_to_virt(mfn);

    for (unsigned i = 0; i < PAGE_SIZE / sizeof(*desc); i++) {
        uint64_t d = READ_ONCE(desc[i]), fixed = d;

        if (!descriptor_fix(&fixed))
            return -EINVAL;
        if (fixed != d)
            WRITE_ONCE(desc[i], fixed);
    }
    return 0;
}
