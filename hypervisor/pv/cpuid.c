/* SPDX-License-Identifier: MIT */
/*
 * CPUID as a guest kernel sees it through the forced-emulation prefix.
 *
 * Only features on the lists here are shown; what PV cannot use (paging
 * extensions, virtualization, power and performance control) is not.
 */
#include "abi/cpuid.h"
#include "cpu/features.h"
#include "lib/version.h"
#include "pv/policy.h"
#include "time/clock.h"

#define B(n) (1U << (n))

/* Leaf 1, ECX: SSE3 PCLMUL SSSE3 FMA CX16 SSE4.1 SSE4.2 MOVBE POPCNT AES
 * AVX F16C RDRAND, and the hypervisor bit. */
#define L1_ECX                                                            \
    (B(0) | B(1) | B(9) | B(12) | B(13) | B(19) | B(20) | B(22) | B(23) | \
     B(25) | B(26) | B(28) | B(29) | B(30) | B(31))
/* Leaf 1, EDX: FPU DE TSC MSR PAE MCE CX8 APIC SEP MCA CMOV PAT CLFLUSH MMX
 * FXSR SSE SSE2 SS HTT. */
#define L1_EDX                                                               \
    (B(0) | B(2) | B(4) | B(5) | B(6) | B(7) | B(8) | B(9) | B(11) | B(14) | \
     B(15) | B(16) | B(19) | B(23) | B(24) | B(25) | B(26) | B(27) | B(28))
/* Leaf 7, EBX: BMI1 AVX2 BMI2 ERMS AVX512F DQ RDSEED ADX IFMA CLFLUSHOPT
 * CLWB CD SHA BW VL. */
#define L7_EBX                                                           \
    (B(3) | B(5) | B(8) | B(9) | B(16) | B(17) | B(18) | B(19) | B(21) | \
     B(23) | B(24) | B(28) | B(29) | B(30) | B(31))
/* Leaf 7, ECX: VBMI VBMI2 GFNI VAES VPCLMUL VNNI BITALG VPOPCNTDQ RDPID
 * MOVDIRI MOVDIR64B. */
#define L7_ECX                                                           \
    (B(1) | B(6) | B(8) | B(9) | B(10) | B(11) | B(12) | B(14) | B(22) | \
     B(27) | B(28))
/* Leaf 7, EDX: 4VNNIW 4FMAPS FSRM MD_CLEAR SERIALIZE. */
#define L7_EDX (B(2) | B(3) | B(4) | B(10) | B(14))
/* Leaf 80000001h, ECX: LAHF CMPLEGACY CR8 LZCNT SSE4A MISALIGNSSE PREFETCHW
 * XOP FMA4 TBM. */
#define E1_ECX \
    (B(0) | B(1) | B(4) | B(5) | B(6) | B(7) | B(8) | B(11) | B(16) | B(21))
/* Leaf 80000001h, EDX: AMD's copies of leaf 1, SYSCALL NX MMXEXT FFXSR RDTSCP
 * LM 3DNOW. No large pages. */
#define E1_EDX                                                               \
    (B(0) | B(2) | B(4) | B(5) | B(6) | B(7) | B(8) | B(9) | B(11) | B(14) | \
     B(15) | B(16) | B(19) | B(20) | B(22) | B(23) | B(24) | B(25) | B(27) | \
     B(29) | B(30) | B(31))

static struct cpuid_leaf hypervisor_leaf(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid_leaf r = {0};

    switch (leaf - XEN_CPUID_FIRST_LEAF) {
    case 0:
        r.a = XEN_CPUID_FIRST_LEAF + 5;
        r.b = XEN_CPUID_SIGNATURE_EBX;
        r.c = XEN_CPUID_SIGNATURE_ECX;
        r.d = XEN_CPUID_SIGNATURE_EDX;
        break;
    case 1:
        r.a = XEN_ABI_MAJOR << 16 | XEN_ABI_MINOR;
        break;
    case 2:
        r.a = 1; /* hypercall pages */
        r.b = 0x40000000;
        r.c = XEN_CPUID_FEAT1_MMU_PT_UPDATE_PRESERVE_AD;
        break;
    case 3:
        if (!subleaf) {
            r.b = 2; /* TSC: native, as tsc_mode "never emulate" */
            r.c = (uint32_t)clock_tsc_khz();
        }
        break;
    case 5:
        r.b = cpu_features.phys_bits;
        break;
    default:
        break;
    }
    return r;
}

static void xsave_leaf(uint32_t subleaf, struct cpuid_leaf *r)
{
    if (!cpu_features.xsave) {
        *r = (struct cpuid_leaf){0};
    } else if (subleaf == 0) {
        r->a = (uint32_t)cpu_features.xcr0_mask;
        r->c = cpu_features.xsave_bytes;
        r->d = (uint32_t)(cpu_features.xcr0_mask >> 32);
    } else if (subleaf == 1) {
        /* XSAVEOPT and XGETBV(1); no supervisor states. */
        *r = (struct cpuid_leaf){.a = r->a & (B(0) | B(2))};
    } else if (subleaf >= 63 || !(cpu_features.xcr0_mask >> subleaf & 1)) {
        *r = (struct cpuid_leaf){0};
    }
}

static void basic_features(const struct vcpu *v, struct cpuid_leaf *r)
{
    r->c &= L1_ECX;
    r->c |= B(31);
    if (cpu_features.xsave)
        /* OSXSAVE as it is in the CPU: a PV kernel uses XSAVE only if it finds
         * this set before it sets CR4 (Linux enlighten_pv.c:296). */
        r->c |= B(26) | B(27);
    else
        r->c &= ~(B(12) | B(28) | B(29));
    r->d &= L1_EDX;
    if (!v->domain->is_privileged)
        r->d &= ~B(9);
    /* Initial APIC id: twice the vCPU's number, as the toolstack says. */
    r->b = (r->b & 0x00ffffff) | (uint32_t)(v->id * 2) << 24;
}

struct cpuid_leaf policy_cpuid(const struct vcpu *v, uint32_t leaf,
                               uint32_t subleaf)
{
    struct cpuid_leaf r, none = {0};

    if (leaf >= XEN_CPUID_FIRST_LEAF && leaf <= XEN_CPUID_FIRST_LEAF + 0xff)
        return hypervisor_leaf(leaf, subleaf);
    if (leaf > cpuid(leaf & 0x80000000, 0).a)
        return none;
    r = cpuid(leaf, subleaf);
    switch (leaf) {
    case 0x00000000:
        r.a = MIN(r.a, 0xdU);
        break;
    case 0x00000001:
        basic_features(v, &r);
        break;
    case 0x00000002:
    case 0x00000004:
    case 0x80000000:
    case 0x80000002:
    case 0x80000003:
    case 0x80000004:
    case 0x80000005:
    case 0x80000006:
        break;
    case 0x00000007:
        if (subleaf)
            return none;
        r.a = 0;
        r.b &= L7_EBX;
        r.c &= L7_ECX;
        r.d &= L7_EDX;
        if ((cpu_features.xcr0_mask & 0xe0) != 0xe0)
            r.b &= ~(B(16) | B(17) | B(21) | B(28) | B(30) | B(31));
        break;
    case 0x0000000d:
        xsave_leaf(subleaf, &r);
        break;
    case 0x80000001:
        r.c &= E1_ECX;
        r.d &= E1_EDX;
        break;
    case 0x80000007:
        r = (struct cpuid_leaf){.d = r.d & B(8)}; /* invariant TSC */
        break;
    case 0x80000008:
        r = (struct cpuid_leaf){.a = r.a & 0xffff};
        break;
    default:
        return none;
    }
    return r;
}
