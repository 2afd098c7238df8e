/* SPDX-License-Identifier: MIT */
/* What the page-table hypercalls share. */
#pragma once

#include "domain/vcpu.h"
#include "lib/bits.h"

/* The domain that a page-table hypercall is about. */
struct mmu_subject {
    struct domain *domain; /* NULL: DOMID_IO or _XEN */
    bool is_held;          /* with a reference: another than the caller's */
    uint16_t owner;        /* as frames have it */
};

/* -EPERM: another's, by a caller without privilege; -ESRCH: no such domain. */
MUST_CHECK int mmu_subject_get(const struct vcpu *v, unsigned id,
                               struct mmu_subject *s);
void mmu_subject_put(struct mmu_subject *s);

/* Tell the guest how many requests were done, if it asked. -EFAULT. */
MUST_CHECK int mmu_write_done(uint64_t done_va, unsigned done);

/* CPUs that the vCPUs of a guest's bitmap were last on. -EFAULT. */
MUST_CHECK int mmu_vcpu_cpus(const struct domain *d, uint64_t mask_va,
                             struct cpumask *cpus);
