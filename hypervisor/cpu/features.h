/* SPDX-License-Identifier: MIT */
/* What this machine's CPUs can do, found once at boot. */
#pragma once

#include "lib/types.h"

struct cpu_features {
    bool nx, syscall, smep, smap, umip, fsgsbase, xsave, pcid, x2apic,
        tsc_deadline, invariant_tsc, page1gb, rdtscp, erms, sysenter, is_amd,
        arat, hypervisor;
    unsigned phys_bits;
    uint32_t xsave_bytes; /* for all of XCR0 that we offer */
    uint64_t xcr0_mask;
};

extern struct cpu_features cpu_features;

void features_init(void); /* boot CPU */
/* Boot parameters: leave these protections off where false. */
void features_restrict(bool smep, bool smap, bool umip);
void features_init_cpu(void); /* enable on each CPU: CR4, EFER, PAT */
