/* SPDX-License-Identifier: MIT */
/*
 * vcpu_op(cmd, vcpu, arg): starting and stopping vCPUs, their timers and the
 * memory in which they see their state. In brackets the argument.
 */
#pragma once

#include "xen.h"

#define VCPUOP_initialise                     0 /* [vcpu_guest_context] */
#define VCPUOP_up                             1
#define VCPUOP_down                           2
#define VCPUOP_is_up                          3 /* returns 1 or 0 */
#define VCPUOP_get_runstate_info              4 /* [vcpu_runstate_info] */
#define VCPUOP_register_runstate_memory_area  5 /* [..._memory_area] */
#define VCPUOP_set_periodic_timer             6 /* [..._set_periodic_timer] */
#define VCPUOP_stop_periodic_timer            7
#define VCPUOP_set_singleshot_timer           8 /* [..._set_singleshot_timer] */
#define VCPUOP_stop_singleshot_timer          9
#define VCPUOP_register_vcpu_info             10 /* [vcpu_register_vcpu_info] */
#define VCPUOP_send_nmi                       11
#define VCPUOP_get_physid                     12 /* [vcpu_get_physid] */
#define VCPUOP_register_vcpu_time_memory_area 13 /* [..._memory_area] */

/* vcpu_runstate_info.state, index of its time[] */
#define RUNSTATE_running  0
#define RUNSTATE_runnable 1 /* wants a CPU and has none */
#define RUNSTATE_blocked  2 /* waits for an event */
#define RUNSTATE_offline  3 /* down or paused */

/* vcpu_set_singleshot_timer.flags: -ETIME when the time is past. */
#define _VCPU_SSHOTTMR_future 0
#define VCPU_SSHOTTMR_future  (1 << _VCPU_SSHOTTMR_future)

#ifndef __ASSEMBLER__

/* In state_entry_time while the record is written (with the vm_assist). */
#define XEN_RUNSTATE_UPDATE ((uint64_t)1 << 63)

struct vcpu_runstate_info {
    int state;                 /* RUNSTATE_* */
    uint64_t state_entry_time; /* system time, ns */
    uint64_t time[4];          /* ns spent in each state */
};
ABI_SIZE(struct vcpu_runstate_info, 48, 44);

struct vcpu_register_runstate_memory_area {
    union {
        XEN_GUEST_HANDLE(struct vcpu_runstate_info) h;
        xen_ulong_t v; /* the same, as a virtual address */
        uint64_t p;
    } addr;
};
ABI_SIZE(struct vcpu_register_runstate_memory_area, 8, 8);

struct vcpu_set_periodic_timer {
    uint64_t period_ns;
};
ABI_SIZE(struct vcpu_set_periodic_timer, 8, 8);

struct vcpu_set_singleshot_timer {
    uint64_t timeout_abs_ns; /* system time */
    uint32_t flags;          /* VCPU_SSHOTTMR_* */
};
ABI_SIZE(struct vcpu_set_singleshot_timer, 16, 12);

/* Moves the vcpu_info out of shared_info; once per vCPU. */
struct vcpu_register_vcpu_info {
    uint64_t mfn;
    uint32_t offset; /* bytes; all of it within the page */
    uint32_t rsvd;
};
ABI_SIZE(struct vcpu_register_vcpu_info, 16, 16);

struct vcpu_get_physid {
    uint64_t phys_id; /* APIC id | ACPI id << 32 */
};
ABI_SIZE(struct vcpu_get_physid, 8, 8);
#define xen_vcpu_physid_to_x86_apicid(id) ((uint32_t)(id))
#define xen_vcpu_physid_to_x86_acpiid(id) ((uint32_t)((id) >> 32))

struct vcpu_register_time_memory_area {
    union {
        XEN_GUEST_HANDLE(struct vcpu_time_info) h;
        xen_ulong_t v; /* the same, as a virtual address */
        uint64_t p;
    } addr;
};
ABI_SIZE(struct vcpu_register_time_memory_area, 8, 8);

#endif /* !__ASSEMBLER__ */
