/* SPDX-License-Identifier: MIT */
/*
 * A fake machine for mm/: RAM, CPUs with TLBs, and vCPUs that run one at a
 * time and change at yield points.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define MACHINE_FIRST  0x100 /* lowest frame of RAM */
#define MACHINE_FRAMES 512   /* frames of RAM */
#define MACHINE_CPUS   3

/* Fresh RAM, all in the heap; no TLB holds anything. */
void machine_init(void);

uint64_t *machine_page(uint64_t mfn);

/* A deterministic sequence of random numbers. */
void machine_seed(uint64_t seed);
unsigned machine_random(unsigned below);

/* ---- TLBs ---- */
struct domain_mm;
/*
 * CPU `cpu`, which has `root` loaded, touches a random page: walks the tables
 * as hardware would, from what it has cached or not, and caches what it finds.
 */
void machine_touch(unsigned cpu, uint64_t root);
/* A frame that some TLB has as a table, or as a mapped page; 0: none. */
uint64_t machine_cached(bool table);
/*
 * Does some TLB hold what its owner must no longer have: a writable mapping
 * of a page table or descriptor page, a table that can be written now, or
 * anything of a frame that went to someone else?
 */
bool machine_tlb_is_unsafe(void);
extern unsigned machine_flushes[MACHINE_CPUS]; /* of whole TLBs */
/* A frame got a new owner: cached uses of it before are stale. */
extern uint32_t machine_generation[MACHINE_FRAMES];

/* ---- yield_point() ---- */
/* Called at each; returns what yield_point() returns. NULL: 0. */
extern int (*machine_on_yield)(void);
extern unsigned machine_cpu;
