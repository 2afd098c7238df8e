/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor's address map: L4 slots 256 to 271, which the guest ABI
 * reserves (HYPERVISOR_VIRT_START to _END). Also included by assembly.
 *
 * Invariant: all that entry and exit touch (stubs, TSS, IST stacks, GDT and
 * LDT windows, vCPU stacks) lies in the entry slot.
 */
#pragma once

#ifdef __ASSEMBLER__
#define UL(x) x
#else
#define UL(x) x##UL
#endif

#define HV_VIRT_START UL(0xffff800000000000)
#define HV_VIRT_END   UL(0xffff880000000000)
#define HV_FIRST_SLOT 256
#define HV_LAST_SLOT  271

/* 256: machine-to-phys table, read-only for guests; 8 bytes a frame. */
#define M2P_RO_BASE UL(0xffff800000000000)
/* 257: the entry slot. */
#define ENTRY_BASE UL(0xffff808000000000)
/* 258: image, fixed and dynamic mappings of devices. */
#define IMAGE_BASE UL(0xffff810000000000)
#define IMAGE_PHYS UL(0x200000)
#define MMIO_BASE  UL(0xffff814000000000)
#define MMIO_BYTES UL(0x0000000040000000)
/* 259: frame table. */
#define FRAME_TABLE_BASE UL(0xffff818000000000)
/* 260: machine-to-phys table, the hypervisor's writable view. */
#define M2P_RW_BASE UL(0xffff820000000000)
/* 262 to 271: all RAM, writable, never executable. */
#define DIRECT_BASE  UL(0xffff830000000000)
#define DIRECT_BYTES UL(0x0000050000000000)

/*
 * Per-CPU entry area: page 0 stub text (one shared frame), page 1 the TSS at
 * its end, pages 2-4 the I/O bitmap (shared frames), then IST stacks.
 */
#define CPU_AREA_BASE            ENTRY_BASE
#define CPU_AREA_BYTES           UL(0x20000)
#define CPU_AREA_TSS_OFFSET      UL(0x1f00)
#define CPU_AREA_IOBITMAP_OFFSET UL(0x2000)
#define CPU_AREA_IST_OFFSET      UL(0x10000)
#define IST_COUNT                4

/* The interrupt descriptor table, one for all CPUs. */
#define IDT_BASE (ENTRY_BASE + UL(0x100000000))

/*
 * Per-vCPU area: a stack slot (lowest page unmapped as a guard), then from
 * 128 KiB on the 16 pages of the GDT and the 16 pages of the LDT.
 */
#define VCPU_AREA_BASE       (ENTRY_BASE + UL(0x4000000000))
#define VCPU_AREA_BYTES      UL(0x40000)
#define VCPU_AREA_GDT_OFFSET UL(0x20000)
#define VCPU_AREA_LDT_OFFSET UL(0x30000)
#define VCPU_AREA_COUNT      UL(0x100000)

#define STACK_SHIFT          14
#define STACK_BYTES          UL(0x4000)

/* Selectors in the reserved GDT pages 14 and 15 (ABI: FIRST_RESERVED_*). */
#define SEL_HV_CS         0xe008
#define SEL_HV_DS         0xe010
#define SEL_GUEST_CS32    0xe023
#define SEL_GUEST_DS      0xe02b
#define SEL_GUEST_CS64    0xe033
#define SEL_TSS(cpu)      (0xf000 + (cpu)*16)
#define GDT_RESERVED_PAGE 14
