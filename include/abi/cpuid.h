/* SPDX-License-Identifier: MIT */
/*
 * CPUID leaves by which a guest finds the hypervisor. A PV guest asks with
 * XEN_EMULATE_PREFIX. The leaves, by their offset from the first:
 *
 *  +0  eax last leaf; ebx ecx edx the signature "XenVMMXenVMM"
 *  +1  eax major version << 16 | minor version
 *  +2  eax pages of a hypercall page; ebx its MSR; ecx XEN_CPUID_FEAT1_*
 *  +3  TSC: mode, kHz, incarnation (subleaf 0); offset and scale (subleaf 1)
 *  +4  for HVM guests
 *  +5  PV limits: ebx bits 7:0 width of a machine address
 */
#pragma once

#define XEN_CPUID_FIRST_LEAF     0x40000000
#define XEN_CPUID_LEAF(i)        (XEN_CPUID_FIRST_LEAF + (i))
#define XEN_CPUID_MAX_NUM_LEAVES 5

#define XEN_CPUID_SIGNATURE_EBX  0x566e6558
#define XEN_CPUID_SIGNATURE_ECX  0x65584d4d
#define XEN_CPUID_SIGNATURE_EDX  0x4d4d566e

/* Leaf +2, ecx: mmu_update knows MMU_PT_UPDATE_PRESERVE_AD. */
#define _XEN_CPUID_FEAT1_MMU_PT_UPDATE_PRESERVE_AD 0
#define XEN_CPUID_FEAT1_MMU_PT_UPDATE_PRESERVE_AD  (1 << 0)

/* Leaf +5, ebx: bits; over 44 makes Linux ask for grant table version 2. */
#define XEN_CPUID_MACHINE_ADDRESS_WIDTH_MASK 0xff
