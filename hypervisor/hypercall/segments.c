/* SPDX-License-Identifier: MIT */
/* Hypercalls on descriptor tables, segment bases and debug registers. */
#include "pv/segments.h"
#include "abi/xen.h"
#include "cpu/descriptor.h"
#include "cpu/insn.h"
#include "cpu/msr.h"
#include "hypercall/handlers.h"
#include "lib/errno.h"
#include "mm/frame.h"
#include "mm/guest_access.h"
#include "mm/map.h"
#include "pv/debugreg.h"
#include "pv/pv.h"

HYPERCALL_HANDLER(set_gdt)
{
    uint64_t frames[FIRST_RESERVED_GDT_PAGE];
    unsigned count;
    int rc;

    if (args[1] > FIRST_RESERVED_GDT_ENTRY)
        return -EINVAL;
    count = ((unsigned)args[1] + 511) / 512;
    rc = guest_read(frames, (const void __guest *)args[0],
                    count * sizeof(frames[0]));
    if (rc)
        return rc;
    return pv_set_gdt(v, frames, (unsigned)args[1]);
}

/*
 * Write one descriptor into a page of the caller's that is a descriptor table
 * or plainly writable.
 */
HYPERCALL_HANDLER(update_descriptor)
{
    mfn_t mfn = MFN(args[0] >> PAGE_SHIFT);
    unsigned offset = (unsigned)(args[0] & ~PAGE_MASK);
    uint64_t desc = args[1];
    enum frame_type type = FRAME_SEGDESC;
    uint64_t *p;

    if ((offset & 7) || !descriptor_fix(&desc))
        return -EINVAL;
    if (frame_get_type_now(&v->mm, mfn, v->domain->id, FRAME_SEGDESC)) {
        type = FRAME_WRITABLE;
        if (frame_get_writable(mfn, v->domain->id))
            return -EINVAL;
    }
    p = (uint64_t *)((char *)mfn_to_virt(mfn) + offset);
    WRITE_ONCE(*p, desc);
    frame_put_type(&v->mm, mfn, type);
    return 0;
}

static bool is_canonical(uint64_t va)
{
    return (uint64_t)((int64_t)(va << 16) >> 16) == va;
}

HYPERCALL_HANDLER(set_segment_base)
{
    uint64_t base = args[1];

    if (args[0] == SEGBASE_GS_USER_SEL) {
        /* Of the LDT: its page must be in the window before the load. */
        if (base & 4)
            pv_fault_ldt(v, pv_ldt_window(v) + (base & 0xfff8));
        /* User mode's GS is in the shadow base while its kernel runs. */
        cpu_swapgs();
        pv_load_gs_selector((uint16_t)base);
        cpu_swapgs();
        return 0;
    }
    if (!is_canonical(base))
        return -EINVAL;
    switch (args[0]) {
    case SEGBASE_FS:
        wrmsr(MSR_FS_BASE, base);
        return 0;
    case SEGBASE_GS_USER:
        wrmsr(MSR_KERNEL_GS_BASE, base);
        return 0;
    case SEGBASE_GS_KERNEL:
        wrmsr(MSR_GS_BASE, base);
        return 0;
    default:
        return -EINVAL;
    }
}

HYPERCALL_HANDLER(set_debugreg)
{
    return pv_set_debugreg(v, args[0] > 7 ? 8 : (unsigned)args[0], args[1]);
}

HYPERCALL_HANDLER(get_debugreg)
{
    uint64_t value;

    if (!pv_get_debugreg(v, args[0] > 7 ? 8 : (unsigned)args[0], &value))
        return -ENODEV;
    return (int64_t)value;
}
