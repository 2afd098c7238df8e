/* SPDX-License-Identifier: MIT */
/* What a guest kernel sees of CPUID and of the MSRs: default deny. */
#pragma once

#include "cpu/insn.h"
#include "domain/vcpu.h"

/* The leaf as guest `v` sees it: machine, filtered, or hypervisor leaves. */
struct cpuid_leaf policy_cpuid(const struct vcpu *v, uint32_t leaf,
                               uint32_t subleaf);
/* False: the guest gets #GP. */
MUST_CHECK bool policy_rdmsr(struct vcpu *v, uint32_t msr, uint64_t *value);
MUST_CHECK bool policy_wrmsr(struct vcpu *v, uint32_t msr, uint64_t value);

/* XCR0 values that the hardware and we take. */
bool policy_xcr0_ok(uint64_t xcr0);
/* The guest's CR4 after it wrote `wanted`. */
uint64_t policy_cr4(uint64_t wanted);

/* Hypercall stubs, 32 bytes each, into a page (ABI of old guests). */
void policy_fill_hypercall_page(void *page);
