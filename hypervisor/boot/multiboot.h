/* SPDX-License-Identifier: MIT */
/* Reads what a multiboot 1 or 2 loader left into boot_info. */
#pragma once

#include "lib/types.h"

#define MULTIBOOT1_LOADED 0x2badb002U
#define MULTIBOOT2_LOADED 0x36d76289U

/*
 * `magic` and `info` as the loader gave them in EAX and EBX. Copies
 * everything into boot_info. NULL, or one line that says why boot can't go on.
 */
MUST_CHECK const char *multiboot_read(uint32_t magic, uint32_t info);

/*
 * After the console works: modules that overlap each other or the image, or a
 * memory map without RAM. NULL, or one line that says what is wrong.
 */
MUST_CHECK const char *multiboot_check(void);
