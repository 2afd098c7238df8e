/* SPDX-License-Identifier: MIT */
#pragma once

/* Register this room's debug key; at boot. */
void domain_keys_init(void);
