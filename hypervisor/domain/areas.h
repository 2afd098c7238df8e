/* SPDX-License-Identifier: MIT */
/* The vCPU areas of the entry slot: stacks and the windows of GDT and LDT. */
#pragma once

#include "cpu/regs.h"
#include "lib/types.h"

/*
 * Take an area, map its stack (guard page left out) and the reserved GDT
 * pages, and lay out the block at the stack's top for `v`. -ENOMEM.
 */
MUST_CHECK int areas_alloc(struct vcpu *v);
/* Unmap everything in v's area and give it back; nobody runs on its stack. */
void areas_free(struct vcpu *v);
/* Areas in use. */
unsigned areas_count(void);
