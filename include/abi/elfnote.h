/* SPDX-License-Identifier: MIT */
/*
 * ELF notes of a guest kernel: name "Xen", one of these types. s: string;
 * n: number of 4 or 8 bytes. An absent note and one with value 0 differ:
 * GRUB has ENTRY 0 and VIRT_BASE 0.
 */
#pragma once

#define XEN_ELFNOTE_INFO               0  /* s free text, NAME=VALUE */
#define XEN_ELFNOTE_ENTRY              1  /* n virtual address of entry */
#define XEN_ELFNOTE_HYPERCALL_PAGE     2  /* n virtual address of the page */
#define XEN_ELFNOTE_VIRT_BASE          3  /* n where pfn 0 is mapped */
#define XEN_ELFNOTE_PADDR_OFFSET       4  /* n subtract from p_paddr */
#define XEN_ELFNOTE_XEN_VERSION        5  /* s "xen-3.0" */
#define XEN_ELFNOTE_GUEST_OS           6  /* s */
#define XEN_ELFNOTE_GUEST_VERSION      7  /* s */
#define XEN_ELFNOTE_LOADER             8  /* s "generic" */
#define XEN_ELFNOTE_PAE_MODE           9  /* s "yes", "no", "bimodal" */
#define XEN_ELFNOTE_FEATURES           10 /* s a|b|!needed, see features.h */
#define XEN_ELFNOTE_BSD_SYMTAB         11 /* s "yes": load the symbols */
#define XEN_ELFNOTE_HV_START_LOW       12 /* n lowest address of the hole */
#define XEN_ELFNOTE_L1_MFN_VALID       13 /* pairs of mask and value */
#define XEN_ELFNOTE_SUSPEND_CANCEL     14 /* n 1: suspend may be undone */
#define XEN_ELFNOTE_INIT_P2M           15 /* n virtual address of the p2m */
#define XEN_ELFNOTE_MOD_START_PFN      16 /* n 1: initrd may be unmapped */
#define XEN_ELFNOTE_SUPPORTED_FEATURES 17 /* n bits of features.h */
#define XEN_ELFNOTE_PHYS32_ENTRY       18 /* n PVH entry */
#define XEN_ELFNOTE_MAX                XEN_ELFNOTE_PHYS32_ENTRY

/* Notes in core files of the host and of a domain. */
#define XEN_ELFNOTE_CRASH_INFO              0x1000001
#define XEN_ELFNOTE_CRASH_REGS              0x1000002
#define XEN_ELFNOTE_DUMPCORE_NONE           0x2000000
#define XEN_ELFNOTE_DUMPCORE_HEADER         0x2000001
#define XEN_ELFNOTE_DUMPCORE_XEN_VERSION    0x2000002
#define XEN_ELFNOTE_DUMPCORE_FORMAT_VERSION 0x2000003
