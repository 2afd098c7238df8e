/* SPDX-License-Identifier: MIT */
/* Port access that the TSS bitmap does not let through. */
#pragma once

#include "domain/vcpu.h"

/* May user mode of `v` use these ports (set_iopl, set_iobitmap)? */
bool ports_user_may(struct vcpu *v, uint16_t port, unsigned bytes);
/*
 * Emulated access: really done when the domain owns the ports, configuration
 * space and RTC through their emulation, all ones and ignored otherwise.
 */
uint32_t ports_read(struct vcpu *v, uint16_t port, unsigned bytes);
void ports_write(struct vcpu *v, uint16_t port, unsigned bytes, uint32_t value);
