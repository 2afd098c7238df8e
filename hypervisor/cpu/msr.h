/* SPDX-License-Identifier: MIT */
/* MSR numbers and control-register bits (Intel SDM vol. 4, vol. 3A 2.5). */
#pragma once

#define MSR_TSC            0x10
#define MSR_APIC_BASE      0x1b
#define MSR_MISC_ENABLE    0x1a0
#define MSR_PAT            0x277
#define MSR_TSC_DEADLINE   0x6e0
#define MSR_X2APIC_BASE    0x800
#define MSR_SYSENTER_CS    0x174
#define MSR_SYSENTER_ESP   0x175
#define MSR_SYSENTER_EIP   0x176
#define MSR_EFER           0xc0000080
#define MSR_STAR           0xc0000081
#define MSR_LSTAR          0xc0000082
#define MSR_CSTAR          0xc0000083
#define MSR_FMASK          0xc0000084
#define MSR_FS_BASE        0xc0000100
#define MSR_GS_BASE        0xc0000101
#define MSR_KERNEL_GS_BASE 0xc0000102
#define MSR_TSC_AUX        0xc0000103

#define EFER_SCE           (1UL << 0)
#define EFER_LME           (1UL << 8)
#define EFER_LMA           (1UL << 10)
#define EFER_NXE           (1UL << 11)

#define CR0_PE             (1UL << 0)
#define CR0_MP             (1UL << 1)
#define CR0_EM             (1UL << 2)
#define CR0_TS             (1UL << 3)
#define CR0_ET             (1UL << 4)
#define CR0_NE             (1UL << 5)
#define CR0_WP             (1UL << 16)
#define CR0_AM             (1UL << 18)
#define CR0_PG             (1UL << 31)

#define CR4_VME            (1UL << 0)
#define CR4_PVI            (1UL << 1)
#define CR4_TSD            (1UL << 2)
#define CR4_DE             (1UL << 3)
#define CR4_PSE            (1UL << 4)
#define CR4_PAE            (1UL << 5)
#define CR4_MCE            (1UL << 6)
#define CR4_PGE            (1UL << 7)
#define CR4_PCE            (1UL << 8)
#define CR4_OSFXSR         (1UL << 9)
#define CR4_OSXMMEXCPT     (1UL << 10)
#define CR4_UMIP           (1UL << 11)
#define CR4_FSGSBASE       (1UL << 16)
#define CR4_PCIDE          (1UL << 17)
#define CR4_OSXSAVE        (1UL << 18)
#define CR4_SMEP           (1UL << 20)
#define CR4_SMAP           (1UL << 21)

#define FLAG_CF            (1UL << 0)
#define FLAG_FIXED         (1UL << 1)
#define FLAG_TF            (1UL << 8)
#define FLAG_IF            (1UL << 9)
#define FLAG_DF            (1UL << 10)
#define FLAG_IOPL          (3UL << 12)
#define FLAG_NT            (1UL << 14)
#define FLAG_RF            (1UL << 16)
#define FLAG_VM            (1UL << 17)
#define FLAG_AC            (1UL << 18)
#define FLAG_VIF           (1UL << 19)
#define FLAG_VIP           (1UL << 20)
#define FLAG_ID            (1UL << 21)

/*
 * Memory types by PAT index, an ABI with PV guests: WB WT UC- UC WC WP UC UC
 * (ABI.md section 3).
 */
#define PAT_LAYOUT 0x0000050100070406UL

enum trap_vector {
    TRAP_DE = 0,
    TRAP_DB = 1,
    TRAP_NMI = 2,
    TRAP_BP = 3,
    TRAP_OF = 4,
    TRAP_BR = 5,
    TRAP_UD = 6,
    TRAP_NM = 7,
    TRAP_DF = 8,
    TRAP_TS = 10,
    TRAP_NP = 11,
    TRAP_SS = 12,
    TRAP_GP = 13,
    TRAP_PF = 14,
    TRAP_MF = 16,
    TRAP_AC = 17,
    TRAP_MC = 18,
    TRAP_XM = 19,
};

/* Page-fault error code bits (SDM vol. 3A 4.7). */
#define PFEC_PRESENT  1U
#define PFEC_WRITE    2U
#define PFEC_USER     4U
#define PFEC_RESERVED 8U
#define PFEC_FETCH    16U
