/* SPDX-License-Identifier: MIT */
/* What a vCPU needs to run deprivileged: its trap table and FPU area. */
#include "cpu/features.h"
#include "cpu/fpu.h"
#include "lib/errno.h"
#include "mm/guest_pt.h"
#include "mm/heap.h"
#include "pv/policy.h"
#include "pv/pv.h"
#include "pv/segments.h"

int pv_vcpu_init(struct vcpu *v)
{
    void *fpu = heap_alloc(fpu_area_bytes() + 64);

    v->pv.traps = heap_alloc(TRAP_VECTORS * sizeof(*v->pv.traps));
    if (!v->pv.traps || !fpu) {
        heap_free(fpu);
        heap_free(v->pv.traps);
        v->pv.traps = NULL;
        return -ENOMEM;
    }
    v->pv.fpu_alloc = fpu;
    v->pv.fpu = (void *)ROUND_UP((uintptr_t)fpu, 64UL);
    fpu_area_reset(v->pv.fpu);
    v->pv.in_kernel = true;
    v->pv.xcr0 = cpu_features.xsave ? 1 : 0;
    v->pv.ctrlreg4 = policy_cr4(0);
    v->pv.dr[6] = 0xffff0ff0;
    v->pv.dr[7] = 0x400;
    return pv_empty_gdt(v);
}

void pv_vcpu_destroy(struct vcpu *v)
{
    pv_drop_ldt(v);
    pv_drop_gdt(v);
    vcpu_mm_drop_roots(&v->mm, &v->mm);
    heap_free(v->pv.fpu_alloc);
    heap_free(v->pv.traps);
    v->pv.fpu = NULL;
    v->pv.fpu_alloc = NULL;
    v->pv.traps = NULL;
}
