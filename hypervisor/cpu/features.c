/* SPDX-License-Identifier: MIT */
/* What this machine's CPUs can do, and turning it on for each CPU. */
#include "cpu/features.h"

#include "cpu/direct.h"
#include "cpu/fixup.h"
#include "cpu/insn.h"
#include "cpu/msr.h"
#include "debug/log.h"
#include "lib/string.h"

struct cpu_features cpu_features;

/* Addresses of clac and stac instructions (3 bytes each). */
extern uint64_t smap_sites_start[], smap_sites_end[];

/* XCR0 components that guests may use: x87, SSE, AVX, AVX-512. */
#define XCR0_OFFERED 0xe7UL

static void find_basic(void)
{
    struct cpu_features *f = &cpu_features;
    struct cpuid_leaf l0 = cpuid(0, 0), l1 = cpuid(1, 0);
    struct cpuid_leaf l7 = {0}, e1 = {0}, e7 = {0}, e8 = {0};
    uint32_t ext = cpuid(0x80000000, 0).a;

    if (l0.a >= 7)
        l7 = cpuid(7, 0);
    if (ext >= 0x80000001)
        e1 = cpuid(0x80000001, 0);
    if (ext >= 0x80000007)
        e7 = cpuid(0x80000007, 0);
    if (ext >= 0x80000008)
        e8 = cpuid(0x80000008, 0);
    f->is_amd = l0.b == 0x68747541 || l0.b == 0x6f677948; /* Auth, Hygo */
    f->nx = e1.d >> 20 & 1;
    f->syscall = e1.d >> 11 & 1;
    f->smep = l7.b >> 7 & 1;
    f->smap = l7.b >> 20 & 1;
    f->umip = l7.c >> 2 & 1;
    f->fsgsbase = l7.b & 1;
    f->erms = l7.b >> 9 & 1;
    f->xsave = l1.c >> 26 & 1;
    f->pcid = l1.c >> 17 & 1;
    f->x2apic = l1.c >> 21 & 1;
    f->tsc_deadline = l1.c >> 24 & 1;
    f->hypervisor = l1.c >> 31 & 1;
    f->sysenter = (l1.d >> 11 & 1) && !f->is_amd;
    f->invariant_tsc = e7.d >> 8 & 1;
    f->page1gb = e1.d >> 26 & 1;
    f->rdtscp = e1.d >> 27 & 1;
    f->arat = l0.a >= 6 && (cpuid(6, 0).a >> 2 & 1);
    f->phys_bits = e8.a & 0xff ? e8.a & 0xff : 36;
}

static void find_xsave(void)
{
    struct cpu_features *f = &cpu_features;
    struct cpuid_leaf d;

    f->xsave_bytes = 512;
    if (!f->xsave)
        return;
    d = cpuid(0xd, 0);
    f->xcr0_mask = d.a & XCR0_OFFERED;
    /* AVX-512 comes whole or not at all (SDM vol. 1 13.3). */
    if ((f->xcr0_mask & 0xe0) != 0xe0)
        f->xcr0_mask &= ~0xe0UL;
    write_cr4(read_cr4() | CR4_OSXSAVE);
    cpu_xsetbv(0, f->xcr0_mask);
    f->xsave_bytes = cpuid(0xd, 0).b;
}

/* Without SMAP, clac and stac don't exist: make NOPs of them. */
static void patch_smap_sites(void)
{
    static const uint8_t nop3[3] = {0x0f, 0x1f, 0x00};

    for (uint64_t *s = smap_sites_start; s < smap_sites_end; s++)
        memcpy(paddr_to_virt(virt_to_paddr((void *)*s)), nop3, 3);
}

void features_init(void)
{
    find_basic();
    if (!cpu_features.syscall)
        boot_fail("this CPU has no SYSCALL in 64-bit mode, which guests need: "
                  "use another CPU model");
    find_xsave();
}

void features_restrict(bool smep, bool smap, bool umip)
{
    cpu_features.smep &= smep;
    cpu_features.smap &= smap;
    cpu_features.umip &= umip;
    if (!cpu_features.smap)
        patch_smap_sites();
}

void features_init_cpu(void)
{
    struct cpu_features *f = &cpu_features;
    uint64_t cr4 = CR4_PAE | CR4_MCE | CR4_OSFXSR | CR4_OSXMMEXCPT | CR4_DE;

    cr4 |= f->smep ? CR4_SMEP : 0;
    cr4 |= f->smap ? CR4_SMAP : 0;
    cr4 |= f->umip ? CR4_UMIP : 0;
    cr4 |= f->xsave ? CR4_OSXSAVE : 0;
    write_cr0(CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_AM | CR0_PG);
    write_cr4(cr4);
    wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SCE | EFER_NXE);
    wrmsr(MSR_PAT, PAT_LAYOUT);
    if (f->xsave)
        cpu_xsetbv(0, f->xcr0_mask);
}
