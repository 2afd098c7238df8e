/* SPDX-License-Identifier: MIT */
/* The two 8259 interrupt controllers, which only have to be kept quiet. */
#pragma once

/* Move their vectors away from the exceptions and mask all lines. */
void pic_init(void);
