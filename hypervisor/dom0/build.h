/* SPDX-License-Identifier: MIT */
/* Building the first domain from the boot loader's modules. */
#pragma once

/* Build dom0 and make it runnable. What is wrong with its parts ends the boot
 * with one line. */
void dom0_build(void);
