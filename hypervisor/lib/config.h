/* SPDX-License-Identifier: MIT */
/*
 * Configuration symbols from Kconfig, and IS_ENABLED() to use them in C
 * expressions instead of #if. A symbol that is off is not defined at all.
 */
#pragma once

#ifndef CONFIG_NR_CPUS
#define CONFIG_NR_CPUS 256
#endif

#define CONFIG_ARG_1                       0,
#define CONFIG_SECOND(ignored, value, ...) value
#define CONFIG_PICK(arg_or_junk)           CONFIG_SECOND(arg_or_junk 1, 0, 0)
#define CONFIG_EXPAND2(value)              CONFIG_PICK(CONFIG_ARG_##value)
#define CONFIG_EXPAND(value)               CONFIG_EXPAND2(value)
/* 1 when the symbol is defined as 1, else 0. */
#define IS_ENABLED(symbol) CONFIG_EXPAND(symbol)
