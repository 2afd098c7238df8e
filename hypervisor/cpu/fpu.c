/* SPDX-License-Identifier: MIT */
/*
 * Floating-point and vector state.
 *
 * Invariant: XCR0 is the full mask while state is saved or restored, so every
 * component that any guest can touch is switched.
 */
#include "cpu/fpu.h"

#include "cpu/features.h"
#include "cpu/fixup.h"
#include "cpu/insn.h"
#include "lib/string.h"

size_t fpu_area_bytes(void)
{
    return ROUND_UP(cpu_features.xsave_bytes, 64U);
}

void fpu_area_reset(void *area)
{
    memset(area, 0, fpu_area_bytes());
    /* FCW and MXCSR at reset (SDM vol. 1 10.5.1). */
    ((uint16_t *)area)[0] = 0x37f;
    ((uint32_t *)area)[6] = 0x1f80;
}

void fpu_save(void *area)
{
    cpu_clts();
    if (!cpu_features.xsave) {
        asm volatile("fxsave64 (%0)" : : "r"(area) : "memory");
        return;
    }
    cpu_xsetbv(0, cpu_features.xcr0_mask);
    asm volatile("xsave64 (%0)"
                 :
                 : "r"(area), "a"((uint32_t)cpu_features.xcr0_mask),
                   "d"((uint32_t)(cpu_features.xcr0_mask >> 32))
                 : "memory");
}

/* False when the image was refused (reserved bits). */
static bool restore(void *area)
{
    uint32_t ok = 1;

    if (cpu_features.xsave)
        asm volatile("1: xrstor64 (%1)\n"
                     "2:\n"
                     ".pushsection .text.fixup, \"ax\"\n"
                     "3: xor %0, %0; jmp 2b\n"
                     ".popsection\n" FIXUP(1b, 3b)
                     : "+r"(ok)
                     : "r"(area), "a"((uint32_t)cpu_features.xcr0_mask),
                       "d"((uint32_t)(cpu_features.xcr0_mask >> 32))
                     : "memory");
    else
        asm volatile("1: fxrstor64 (%1)\n"
                     "2:\n"
                     ".pushsection .text.fixup, \"ax\"\n"
                     "3: xor %0, %0; jmp 2b\n"
                     ".popsection\n" FIXUP(1b, 3b)
                     : "+r"(ok)
                     : "r"(area)
                     : "memory");
    return ok;
}

/*
 * AMD's CPUs restore the addresses of the latest x87 instruction only with an
 * exception pending: another guest's would stay. Ours instead (APM vol. 2
 * 11.4.4).
 */
static void forget_x87_pointers(void)
{
    static const uint32_t zero;

    asm volatile("fnclex; emms; fildl %0" : : "m"(zero));
}

void fpu_restore(void *area, uint64_t xcr0)
{
    cpu_clts();
    if (cpu_features.is_amd)
        forget_x87_pointers();
    if (!restore(area)) {
        fpu_area_reset(area);
        (void)!restore(area);
    }
    if (cpu_features.xsave && xcr0 != cpu_features.xcr0_mask)
        cpu_xsetbv(0, xcr0);
}

void fpu_area_load(void *area, const char fxsave[512])
{
    uint32_t *words = area;

    memcpy(area, fxsave, 512);
    /* MXCSR: only bits that every CPU with SSE2 has. */
    words[6] &= 0xffbf;
    /* The software-reserved tail, then XSTATE_BV: x87 and SSE are in use. */
    memset((char *)area + 464, 0, 48);
    if (cpu_features.xsave)
        ((uint64_t *)area)[64] = 3;
}
