/* SPDX-License-Identifier: MIT */
#pragma once

/* Register this room's debug key; at boot. */
void event_keys_init(void);
