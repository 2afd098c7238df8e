/* SPDX-License-Identifier: MIT */
/* A vCPU's whole state from or to the ABI's vcpu_guest_context. */
#pragma once

#include "domain/vcpu.h"

/*
 * Make `c` the state of `v`, which does not run: registers, traps, GDT, LDT
 * and roots, checked as their hypercalls check them. -EINVAL: something in it
 * is not acceptable; the vCPU then has no context.
 */
MUST_CHECK int pv_set_context(struct vcpu *v,
                              const struct vcpu_guest_context *c) MAY_YIELD;
