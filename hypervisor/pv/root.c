/* SPDX-License-Identifier: MIT */
/* Changing a vCPU's page-table roots. */
#include "pv/root.h"

#include "mm/guest_pt.h"

int root_set_kernel(struct vcpu *v, mfn_t mfn)
{
    return vcpu_mm_set_kernel_root(&v->mm, &v->mm, mfn, v->pv.in_kernel);
}

int root_init(struct vcpu *v, mfn_t kernel, mfn_t user)
{
    int rc = vcpu_mm_set_kernel_root(&v->mm, &v->mm, kernel, false);

    if (!rc)
        rc = vcpu_mm_set_user_root(&v->mm, &v->mm, user);
    return rc;
}
