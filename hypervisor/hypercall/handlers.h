/* SPDX-License-Identifier: MIT */
/*
 * The hypercall handlers: one function per hypercall, called by dispatch.c
 * through the table. `args` are the guest's six argument registers. The result
 * goes to the guest's RAX: 0 or more, or a negative errno.
 */
#pragma once

#include "domain/vcpu.h"
#include "lib/types.h"

#define HYPERCALL_HANDLER(name)                         \
    MUST_CHECK int64_t hypercall_##name(struct vcpu *v, \
                                        const uint64_t args[6]) MAY_YIELD

/* callbacks.c */
HYPERCALL_HANDLER(set_trap_table);
HYPERCALL_HANDLER(set_callbacks);
HYPERCALL_HANDLER(callback_op);
HYPERCALL_HANDLER(nmi_op);
HYPERCALL_HANDLER(stack_switch);
HYPERCALL_HANDLER(fpu_taskswitch);
/* iret.c */
HYPERCALL_HANDLER(iret);
/* segments.c */
HYPERCALL_HANDLER(set_gdt);
HYPERCALL_HANDLER(update_descriptor);
HYPERCALL_HANDLER(set_segment_base);

HYPERCALL_HANDLER(set_debugreg);
HYPERCALL_HANDLER(get_debugreg);
/* dispatch.c */
HYPERCALL_HANDLER(multicall);
/* console.c */
HYPERCALL_HANDLER(console_io);
/* evtchn.c */
HYPERCALL_HANDLER(event_channel_op);
/* sched.c */
HYPERCALL_HANDLER(sched_op);
/* vcpu.c */
HYPERCALL_HANDLER(vcpu_op);
/* version.c */
HYPERCALL_HANDLER(xen_version);
/* grant.c */
HYPERCALL_HANDLER(grant_table_op);
/* misc.c */
HYPERCALL_HANDLER(set_timer_op);
HYPERCALL_HANDLER(vm_assist);
/* mmu.c, mmuext.c */
HYPERCALL_HANDLER(mmu_update);
HYPERCALL_HANDLER(update_va_mapping);
HYPERCALL_HANDLER(update_va_mapping_otherdomain);
HYPERCALL_HANDLER(mmuext_op);
/* memory.c */
HYPERCALL_HANDLER(memory_op);
/* physdev.c, platform.c */
HYPERCALL_HANDLER(physdev_op);
HYPERCALL_HANDLER(platform_op);
