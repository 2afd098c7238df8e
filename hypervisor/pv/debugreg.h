/* SPDX-License-Identifier: MIT */
/* A guest's debug registers. */
#pragma once

#include "domain/vcpu.h"

/* -EPERM: the address is the hypervisor's; -EINVAL: a value it can't have;
 * -ENODEV: no such register. The vCPU must be the current one. */
MUST_CHECK int pv_set_debugreg(struct vcpu *v, unsigned reg, uint64_t value);
/* False: no such register. */
MUST_CHECK bool pv_get_debugreg(const struct vcpu *v, unsigned reg,
                                uint64_t *value);
