/* SPDX-License-Identifier: MIT */
/* Starting the other CPUs; and what trampoline.S shares with smp.c. */
#pragma once

/*
 * Bytes into the trampoline's page where smp.c leaves what a CPU needs. The
 * code lies below.
 */
#define TRAMPOLINE_ROOT  0xf00 /* 32 bits: its first root's address */
#define TRAMPOLINE_BASE  0xf08 /* 32 bits: the page's own address */
#define TRAMPOLINE_STACK 0xf10 /* 64 bits: where its stack begins */
#define TRAMPOLINE_ENTRY 0xf18 /* 64 bits: where it goes on in C */
#define TRAMPOLINE_ROOT2 0xf20 /* 64 bits: the hypervisor's root */

#ifndef __ASSEMBLER__
#include "lib/types.h"

/*
 * Boot CPU, once CPUs are numbered, its idle vCPU exists and clock and timers
 * work: create the other CPUs' idle vCPUs and start them. One that does not
 * answer is reported and left out.
 */
void smp_start(void);
#endif
