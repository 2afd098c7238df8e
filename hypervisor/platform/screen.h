/* SPDX-License-Identifier: MIT */
/*
 * Text on the screen that the boot loader left: VGA text or a linear
 * framebuffer. dom0 gets it when it starts.
 */
#pragma once

#include "lib/types.h"

struct dom0_vga_console_info;

/*
 * Before mm's page tables: draw through the boot root's map of the first
 * 4 GiB. Drawing stops by itself when another root is loaded.
 */
void screen_init_early(void);
/*
 * The boot ends before screen_init(): load the boot root again, if it was left,
 * since nothing else shows the screen. Only what is in the image, or below
 * 4 GiB in the direct map, is mapped from then on.
 */
void screen_fall_back(void);
/* Map the screen and draw again what was written so far. */
void screen_init(void);

/*
 * The caller holds the console lock (or has panicked). Knows \n \r \b \t;
 * drops escape sequences and what is not ASCII.
 */
void screen_write(const char *s, size_t n);

/*
 * Describe the screen for dom0 and stop drawing (parameter vga=keep: go on).
 * False: there is no screen, *out is zero. Takes the console lock.
 */
bool screen_release_to_dom0(struct dom0_vga_console_info *out);
