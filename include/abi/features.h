/* SPDX-License-Identifier: MIT */
/*
 * Feature bits: what XENVER_get_features tells a guest, and what a kernel
 * names (without XENFEAT_) in its ELF notes.
 */
#pragma once

#define XENFEAT_writable_page_tables       0 /* guest writes its tables */
#define XENFEAT_writable_descriptor_tables 1 /* guest writes GDT and LDT */
#define XENFEAT_auto_translated_physmap    2 /* pfns are not mfns; not PV */
#define XENFEAT_supervisor_mode_kernel     3 /* kernel in ring 0 */
#define XENFEAT_pae_pgdir_above_4gb        4 /* 32-bit: roots anywhere */
#define XENFEAT_mmu_pt_update_preserve_ad  5 /* Linux demands it */
#define XENFEAT_highmem_assist             6 /* MMUEXT_CLEAR/COPY_PAGE */
#define XENFEAT_gnttab_map_avail_bits      7 /* Linux demands it */
#define XENFEAT_hvm_callback_vector        8
#define XENFEAT_hvm_safe_pvclock           9
#define XENFEAT_hvm_pirqs                  10
#define XENFEAT_dom0                       11 /* can be, or is, dom0 */
#define XENFEAT_memory_op_vnode_supported  13 /* XENMEMF_vnode is known */
#define XENFEAT_ARM_SMCCC_supported        14
#define XENFEAT_linux_rsdp_unrestricted    15 /* PVH: RSDP anywhere */
#define XENFEAT_not_direct_mapped          16
#define XENFEAT_direct_mapped              17 /* gfn equals mfn: PV */

/* 32-bit words of features there are. */
#define XENFEAT_NR_SUBMAPS 1
