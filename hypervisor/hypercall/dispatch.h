/* SPDX-License-Identifier: MIT */
/* From the guest's registers to a handler of the table, and back. */
#pragma once

#include "domain/vcpu.h"
#include "hypercall/table.h"

/* A hypercall instruction from guest-kernel mode; sets RAX. */
void hypercall_dispatch(struct vcpu *v, struct cpu_regs *regs) MAY_YIELD;
/* The same for arguments in memory (multicall). */
int64_t hypercall_call(struct vcpu *v, uint64_t number, const uint64_t args[6])
    MAY_YIELD;
