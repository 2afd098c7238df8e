/* SPDX-License-Identifier: MIT */
/*
 * Hold all other CPUs where nothing is under way on them, to look at what
 * operations change in several steps.
 */
#pragma once

#include "lib/types.h"

/*
 * Returns when each other CPU is in its interrupt handler, which is entered
 * from the guest, from idling and at yield points only. Until gather_end()
 * they do nothing but serve TLB flushes. False: someone else is at it. The
 * caller holds no lock.
 */
MUST_CHECK bool gather_begin(void);
void gather_end(void);

/* Handler of VECTOR_IPI_WAKE: takes part if somebody gathers. */
void gather_join(void);
