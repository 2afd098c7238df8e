/* SPDX-License-Identifier: MIT */
#pragma once

/* Register this room's debug key; at boot. */
void sched_keys_init(void);
