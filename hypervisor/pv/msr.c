/* SPDX-License-Identifier: MIT */
/*
 * MSRs and control registers as a guest kernel sees them: an allow-list,
 * everything else is #GP. Xen's guests probe with fault handling in place.
 */
#include "cpu/msr.h"
#include "cpu/features.h"
#include "cpu/fixup.h"
#include "mm/guest_access.h"
#include "pv/policy.h"

#define MSR_MICROCODE     0x8b
#define MSR_MCG_CAP       0x179
#define MSR_MCG_STATUS    0x17a

#define APIC_BASE_DEFAULT 0xfee00000UL
#define APIC_BASE_BSP     (1UL << 8)
#define APIC_BASE_ENABLE  (1UL << 11)

/* CR4 bits whose value is the guest's own; the others show the machine's. */
#define CR4_GUEST (CR4_TSD | CR4_DE | CR4_OSXSAVE)

static bool is_canonical(uint64_t va)
{
    return (uint64_t)((int64_t)(va << 16) >> 16) == va;
}

bool policy_xcr0_ok(uint64_t xcr0)
{
    if (xcr0 & ~cpu_features.xcr0_mask || !(xcr0 & 1))
        return false;
    if ((xcr0 & 4) && !(xcr0 & 2))
        return false;
    return !(xcr0 & 0xe0) || ((xcr0 & 0xe0) == 0xe0 && (xcr0 & 4));
}

uint64_t policy_cr4(uint64_t wanted)
{
    uint64_t guest = CR4_GUEST;

    if (!cpu_features.xsave)
        guest &= ~CR4_OSXSAVE;
    return CR4_PAE | CR4_MCE | CR4_OSFXSR | CR4_OSXMMEXCPT | (wanted & guest);
}

static bool is_machine_check_msr(uint32_t msr)
{
    return msr == MSR_MCG_CAP || msr == MSR_MCG_STATUS;
}

bool policy_rdmsr(struct vcpu *v, uint32_t msr, uint64_t *value)
{
    *value = 0;
    switch (msr) {
    case MSR_FS_BASE:
    case MSR_GS_BASE:
    case MSR_KERNEL_GS_BASE:
        *value = rdmsr(msr);
        return true;
    case MSR_EFER:
        *value = EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE;
        return true;
    case MSR_TSC:
        *value = rdtsc();
        return true;
    case MSR_TSC_AUX:
        *value = v->pv.tsc_aux;
        return cpu_features.rdtscp;
    case MSR_PAT:
        *value = PAT_LAYOUT;
        return true;
    case MSR_APIC_BASE:
        *value =
            APIC_BASE_DEFAULT | APIC_BASE_ENABLE | (v->id ? 0 : APIC_BASE_BSP);
        return true;
    case MSR_MICROCODE:
    case MSR_MISC_ENABLE:
        return rdmsr_safe(msr, value);
    default:
        /* No banks, nothing pending. */
        return is_machine_check_msr(msr);
    }
}

bool policy_wrmsr(struct vcpu *v, uint32_t msr, uint64_t value)
{
    switch (msr) {
    case MSR_FS_BASE:
    case MSR_GS_BASE:
    case MSR_KERNEL_GS_BASE:
        if (!is_canonical(value))
            return false;
        wrmsr(msr, value);
        return true;
    case MSR_TSC_AUX:
        if (!cpu_features.rdtscp || value >> 32)
            return false;
        v->pv.tsc_aux = value;
        wrmsr(msr, value);
        return true;
    case MSR_PAT:
        return value == PAT_LAYOUT;
    case MSR_EFER:
        /* Setting what is set already changes nothing. */
        return value == (EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE) ||
               value == (EFER_SCE | EFER_LME | EFER_LMA);
    case MSR_MICROCODE:
        return true;
    default:
        return is_machine_check_msr(msr) && !value;
    }
}
