/* SPDX-License-Identifier: MIT */
/*
 * Floating-point and vector state, switched eagerly: no guest ever runs with
 * another's registers loaded.
 */
#pragma once

#include "lib/types.h"

/* Bytes of a state area, 64-byte aligned (FXSAVE or XSAVE format). */
size_t fpu_area_bytes(void);
/* Make `area` the reset state. */
void fpu_area_reset(void *area);
void fpu_save(void *area);
/* `xcr0`: the components that the guest may use; loaded after the state. */
void fpu_restore(void *area, uint64_t xcr0);
/* Put a 512-byte FXSAVE image in; bits that would fault are dropped. */
void fpu_area_load(void *area, const char fxsave[512]);
