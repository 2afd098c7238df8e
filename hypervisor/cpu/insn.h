/* SPDX-License-Identifier: MIT */
/*
 * Every privileged instruction as an inline function: nothing else in the
 * hypervisor executes one. A host test replaces this header by a fake.
 */
#pragma once

#include "lib/types.h"

static ALWAYS_INLINE void outb(uint16_t port, uint8_t v)
{
    asm volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}
static ALWAYS_INLINE void outw(uint16_t port, uint16_t v)
{
    asm volatile("outw %0, %1" : : "a"(v), "Nd"(port));
}
static ALWAYS_INLINE void outl(uint16_t port, uint32_t v)
{
    asm volatile("outl %0, %1" : : "a"(v), "Nd"(port));
}
static ALWAYS_INLINE uint8_t inb(uint16_t port)
{
    uint8_t v;

    asm volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
    return v;
}
static ALWAYS_INLINE uint16_t inw(uint16_t port)
{
    uint16_t v;

    asm volatile("inw %1, %0" : "=a"(v) : "Nd"(port));
    return v;
}
static ALWAYS_INLINE uint32_t inl(uint16_t port)
{
    uint32_t v;

    asm volatile("inl %1, %0" : "=a"(v) : "Nd"(port));
    return v;
}

static ALWAYS_INLINE void cpu_cli(void)
{
    asm volatile("cli" ::: "memory");
}
static ALWAYS_INLINE void cpu_sti(void)
{
    asm volatile("sti" ::: "memory");
}
/* Let pending interrupts in for one instruction: a yield point's window. */
static ALWAYS_INLINE void cpu_irq_window(void)
{
    asm volatile("sti; nop; cli" ::: "memory");
}
/* Wait for an interrupt; interrupts are off before and after. */
static ALWAYS_INLINE void cpu_idle_wait(void)
{
    asm volatile("sti; hlt; cli" ::: "memory");
}
static ALWAYS_INLINE void cpu_halt(void)
{
    asm volatile("hlt" ::: "memory");
}
static ALWAYS_INLINE void cpu_relax(void)
{
    asm volatile("pause" ::: "memory");
}
static ALWAYS_INLINE uint64_t cpu_flags(void)
{
    uint64_t f;

    asm volatile("pushfq; popq %0" : "=r"(f));
    return f;
}

struct cpuid_leaf {
    uint32_t a, b, c, d;
};

static ALWAYS_INLINE struct cpuid_leaf cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid_leaf r;

    asm volatile("cpuid"
                 : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d)
                 : "a"(leaf), "c"(subleaf));
    return r;
}

static ALWAYS_INLINE uint64_t rdmsr(uint32_t msr)
{
    uint32_t lo, hi;

    asm volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr) : "memory");
    return (uint64_t)hi << 32 | lo;
}
static ALWAYS_INLINE void wrmsr(uint32_t msr, uint64_t v)
{
    asm volatile("wrmsr"
                 :
                 : "c"(msr), "a"((uint32_t)v), "d"((uint32_t)(v >> 32))
                 : "memory");
}
static ALWAYS_INLINE uint64_t rdtsc(void)
{
    uint32_t lo, hi;

    asm volatile("rdtsc" : "=a"(lo), "=d"(hi)::"memory");
    return (uint64_t)hi << 32 | lo;
}
/* Not executed before earlier loads are complete. */
static ALWAYS_INLINE uint64_t rdtsc_ordered(void)
{
    uint32_t lo, hi;

    asm volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi)::"memory");
    return (uint64_t)hi << 32 | lo;
}

#define CPU_REG_ACCESSORS(reg)                                  \
    static ALWAYS_INLINE uint64_t read_##reg(void)              \
    {                                                           \
        uint64_t v;                                             \
                                                                \
        asm volatile("mov %%" #reg ", %0" : "=r"(v)::"memory"); \
        return v;                                               \
    }                                                           \
    static ALWAYS_INLINE void write_##reg(uint64_t v)           \
    {                                                           \
        asm volatile("mov %0, %%" #reg : : "r"(v) : "memory");  \
    }
CPU_REG_ACCESSORS(cr0)
CPU_REG_ACCESSORS(cr2)
CPU_REG_ACCESSORS(cr3)
CPU_REG_ACCESSORS(cr4)
CPU_REG_ACCESSORS(cr8)
CPU_REG_ACCESSORS(dr0)
CPU_REG_ACCESSORS(dr1)
CPU_REG_ACCESSORS(dr2)
CPU_REG_ACCESSORS(dr3)
CPU_REG_ACCESSORS(dr6)
CPU_REG_ACCESSORS(dr7)
#undef CPU_REG_ACCESSORS

static ALWAYS_INLINE void cpu_invlpg(uintptr_t va)
{
    asm volatile("invlpg (%0)" : : "r"(va) : "memory");
}
static ALWAYS_INLINE void cpu_clts(void)
{
    asm volatile("clts" ::: "memory");
}
/* Zero or fill whole words; `bytes` is a multiple of 8. */
static ALWAYS_INLINE void cpu_fill(void *p, uint64_t v, size_t bytes)
{
    size_t words = bytes / 8;

    asm volatile("rep stosq" : "+D"(p), "+c"(words) : "a"(v) : "memory");
}
static ALWAYS_INLINE void cpu_zero(void *p, size_t bytes)
{
    cpu_fill(p, 0, bytes);
}
/* Copy whole words. */
static ALWAYS_INLINE void cpu_copy(void *dst, const void *src, size_t bytes)
{
    size_t words = bytes / 8;

    asm volatile("rep movsq" : "+D"(dst), "+S"(src), "+c"(words) : : "memory");
}
static ALWAYS_INLINE void cpu_wbinvd(void)
{
    asm volatile("wbinvd" ::: "memory");
}
static ALWAYS_INLINE void cpu_clflush(const void *p)
{
    asm volatile("clflush (%0)" : : "r"(p) : "memory");
}
static ALWAYS_INLINE void cpu_swapgs(void)
{
    asm volatile("swapgs" ::: "memory");
}

struct table_ptr {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

static ALWAYS_INLINE void cpu_lgdt(const struct table_ptr *p)
{
    asm volatile("lgdt %0" : : "m"(*p));
}
static ALWAYS_INLINE void cpu_lidt(const struct table_ptr *p)
{
    asm volatile("lidt %0" : : "m"(*p));
}
static ALWAYS_INLINE void cpu_lldt(uint16_t sel)
{
    asm volatile("lldt %0" : : "rm"(sel));
}
static ALWAYS_INLINE void cpu_ltr(uint16_t sel)
{
    asm volatile("ltr %0" : : "rm"(sel));
}
static ALWAYS_INLINE void cpu_xsetbv(uint32_t reg, uint64_t v)
{
    asm volatile("xsetbv"
                 :
                 : "c"(reg), "a"((uint32_t)v), "d"((uint32_t)(v >> 32)));
}
static ALWAYS_INLINE uint64_t cpu_xgetbv(uint32_t reg)
{
    uint32_t lo, hi;

    asm volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(reg));
    return (uint64_t)hi << 32 | lo;
}
static ALWAYS_INLINE uint16_t read_ds(void)
{
    uint16_t v;

    asm volatile("mov %%ds, %0" : "=r"(v));
    return v;
}
static ALWAYS_INLINE uint16_t read_es(void)
{
    uint16_t v;

    asm volatile("mov %%es, %0" : "=r"(v));
    return v;
}
static ALWAYS_INLINE uint16_t read_fs(void)
{
    uint16_t v;

    asm volatile("mov %%fs, %0" : "=r"(v));
    return v;
}
static ALWAYS_INLINE uint16_t read_gs(void)
{
    uint16_t v;

    asm volatile("mov %%gs, %0" : "=r"(v));
    return v;
}
