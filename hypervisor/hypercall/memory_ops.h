/* SPDX-License-Identifier: MIT */
/* The parts of memory_op: each takes the guest's argument pointer. */
#pragma once

#include "domain/vcpu.h"

typedef void __guest *memory_arg_t;

/*
 * The domain that memory_op names, with a reference: DOMID_SELF, or for a
 * privileged caller any. -EPERM, -ESRCH.
 */
MUST_CHECK int memory_domain_get(const struct vcpu *v, unsigned id,
                                 struct domain **out);

/* reservation.c: extents done, or -EFAULT and those of the domain. */
MUST_CHECK int64_t memory_increase(struct vcpu *v, memory_arg_t arg) MAY_YIELD;
MUST_CHECK int64_t memory_decrease(struct vcpu *v, memory_arg_t arg) MAY_YIELD;
MUST_CHECK int64_t memory_populate(struct vcpu *v, memory_arg_t arg) MAY_YIELD;
MUST_CHECK int64_t memory_claim(struct vcpu *v, memory_arg_t arg);

/* exchange.c */
MUST_CHECK int64_t memory_exchange(struct vcpu *v, memory_arg_t arg) MAY_YIELD;

/* memory_maps.c */
MUST_CHECK int64_t memory_get_map(struct vcpu *v, memory_arg_t arg);
MUST_CHECK int64_t memory_get_machine_map(struct vcpu *v, memory_arg_t arg);
MUST_CHECK int64_t memory_set_map(struct vcpu *v, memory_arg_t arg);
MUST_CHECK int64_t memory_m2p_mapping(memory_arg_t arg);
MUST_CHECK int64_t memory_m2p_frames(struct vcpu *v, memory_arg_t arg);
