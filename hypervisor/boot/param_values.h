/* SPDX-License-Identifier: MIT */
/*
 * The forms that parameters' values have. Each function takes the text behind
 * the '=' (NULL: there was no '=') and returns whether it has the form; what
 * it fills is written only then.
 */
#pragma once

#include "lib/params.h"

/* A decimal or 0x number from *s on, which moves past it. */
MUST_CHECK bool param_take_number(const char **s, uint64_t *out);
/* The same with a unit: B K M G T, K when there is none; in bytes. */
MUST_CHECK bool param_take_size(const char **s, uint64_t *bytes);

MUST_CHECK bool param_bool(const char *value, bool *out);
MUST_CHECK bool param_uint(const char *value, unsigned min, unsigned max,
                           unsigned *out);

/* Each sets its own fields of *out. */
MUST_CHECK bool param_console(const char *value, struct boot_params *out);
MUST_CHECK bool param_com1(const char *value, struct boot_params *out);
MUST_CHECK bool param_vga(const char *value, struct boot_params *out);
MUST_CHECK bool param_loglvl(const char *value, struct boot_params *out);
MUST_CHECK bool param_guest_loglvl(const char *value, struct boot_params *out);
MUST_CHECK bool param_dom0_mem(const char *value, struct boot_params *out);
MUST_CHECK bool param_reboot(const char *value, struct boot_params *out);
MUST_CHECK bool param_clocksource(const char *value, struct boot_params *out);
