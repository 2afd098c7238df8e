/* SPDX-License-Identifier: MIT */
/* Changing the current vCPU's page-table roots. */
#pragma once

#include "domain/vcpu.h"

/*
 * Use the L4 table at `mfn` in kernel mode, at once when in it. 0 or the
 * error of its validation; then the old root stays.
 */
MUST_CHECK int root_set_kernel(struct vcpu *v, mfn_t mfn) MAY_YIELD;
/* First roots of a vCPU that does not run; user root INVALID_MFN: none. */
MUST_CHECK int root_init(struct vcpu *v, mfn_t kernel, mfn_t user) MAY_YIELD;
