/* SPDX-License-Identifier: MIT */
/* The font that the framebuffer console draws: 8 by 16, ASCII only. */
#pragma once

#include "lib/types.h"

#define FONT_WIDTH  8
#define FONT_HEIGHT 16

/* Row `row` (0 at the top) of a character; bit 7 is the leftmost pixel. */
uint8_t font_row(char c, unsigned row);
