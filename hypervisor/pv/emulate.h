/* SPDX-License-Identifier: MIT */
/* Privileged and sensitive instructions, emulated: a closed list. */
#pragma once

#include "domain/vcpu.h"
#include "pv/decode.h"

/*
 * `regs` raised #GP. True when the instruction was emulated (or its own fault
 * delivered) and the guest goes on; false: the #GP is the guest's to handle.
 */
bool emulate_gp(struct vcpu *v, struct cpu_regs *regs) MAY_YIELD;

/* Up to INSN_MAX_BYTES of code at the guest's RIP; returns how many. */
unsigned emulate_fetch(const struct cpu_regs *regs, uint8_t *bytes);
/* General register 0-15 of the saved state. */
uint64_t *emulate_reg(struct cpu_regs *regs, unsigned number);
/* Linear address of the memory operand of `in`. */
uint64_t emulate_address(struct cpu_regs *regs, const struct insn *in);

/* CR0 as the guest sees it. */
uint64_t emulate_cr0(const struct vcpu *v);
