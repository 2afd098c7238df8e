/* SPDX-License-Identifier: MIT */
/*
 * The guest's half of time: clock page, wall clock, runstate and timers.
 * What the scheduler calls of it is in lib/upcall.h.
 */
#pragma once

#include "domain/vcpu.h"
#include "lib/types.h"

/* The wall clock was set: tell every domain. */
void time_wall_changed(void);
/* The wall clock in d's shared page. */
void time_update_wall(struct domain *d);

/* One shot at system time `deadline_ns`; a past one fires at once. */
void time_set_singleshot(struct vcpu *v, uint64_t deadline_ns);
void time_stop_singleshot(struct vcpu *v);
/* The guest's first deadline for a period, now + period; 0 stops. */
void time_set_periodic(struct vcpu *v, uint64_t period_ns);
/* Ends a poll at system time `deadline_ns`. */
void time_set_poll(struct vcpu *v, uint64_t deadline_ns);

/* A consistent copy of v's runstate, up to now. */
struct vcpu_runstate_info;
void time_get_runstate(struct vcpu *v, struct vcpu_runstate_info *out);
/*
 * Where the guest wants v's runstate or second clock page (guest addresses
 * in the kernel's root, 0: nowhere). -EFAULT: it cannot be written now.
 */
MUST_CHECK int time_register_runstate(struct vcpu *v, uint64_t va);
MUST_CHECK int time_register_clock(struct vcpu *v, uint64_t va);
/* The clock in v's vcpu_info, for the CPU it is on now. */
void time_update_clock(struct vcpu *v);
