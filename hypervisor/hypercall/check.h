/* SPDX-License-Identifier: MIT */
/* The recounting checker's view of the upper rooms, and its debug key. */
#pragma once

/* Once, after the debug keys work and before the first guest runs. */
void check_init(void);
