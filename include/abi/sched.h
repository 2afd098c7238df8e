/* SPDX-License-Identifier: MIT */
/*
 * sched_op(cmd, arg): how a vCPU gives up the CPU and how a domain ends. In
 * brackets the argument, struct sched_NAME.
 */
#pragma once

#include "event_channel.h"

#define SCHEDOP_yield           0
#define SCHEDOP_block           1 /* unmasks upcalls, waits for an event */
#define SCHEDOP_shutdown        2 /* [shutdown] suspend: rdx start_info mfn */
#define SCHEDOP_poll            3 /* [poll] waits for one of some ports */
#define SCHEDOP_remote_shutdown 4 /* [remote_shutdown] */
#define SCHEDOP_shutdown_code   5 /* [shutdown] only noted for later */
#define SCHEDOP_watchdog        6 /* [watchdog] */
#define SCHEDOP_pin_override    7 /* [pin_override] */

/* sched_shutdown.reason */
#define SHUTDOWN_poweroff   0
#define SHUTDOWN_reboot     1
#define SHUTDOWN_suspend    2 /* call returns 0 resumed, 1 cancelled */
#define SHUTDOWN_crash      3
#define SHUTDOWN_watchdog   4
#define SHUTDOWN_soft_reset 5
#define SHUTDOWN_MAX        5

#ifndef __ASSEMBLER__

struct sched_shutdown {
    unsigned int reason; /* SHUTDOWN_* */
};
ABI_SIZE(struct sched_shutdown, 4, 4);

struct sched_poll {
    XEN_GUEST_HANDLE(evtchn_port_t) ports;
    unsigned int nr_ports;
    uint64_t timeout; /* system time, ns; 0: none */
};
ABI_SIZE(struct sched_poll, 24, 16);

struct sched_remote_shutdown {
    domid_t domain_id;
    unsigned int reason; /* SHUTDOWN_* */
};
ABI_SIZE(struct sched_remote_shutdown, 8, 8);

struct sched_watchdog {
    uint32_t id;      /* 0: make one, its id is returned */
    uint32_t timeout; /* seconds; 0: remove it */
};
ABI_SIZE(struct sched_watchdog, 8, 8);

struct sched_pin_override {
    int32_t pcpu; /* negative: undo */
};
ABI_SIZE(struct sched_pin_override, 4, 4);

#endif /* !__ASSEMBLER__ */
