/* SPDX-License-Identifier: MIT */
/* The table of expected faults, sorted by address. */
#include "cpu/fixup.h"

extern struct fixup fixup_table_start[], fixup_table_end[];

void fixup_init(void)
{
    size_t count = (size_t)(fixup_table_end - fixup_table_start);

    /* A few dozen entries that are nearly in order: insertion sort. */
    for (size_t i = 1; i < count; i++) {
        struct fixup f = fixup_table_start[i];
        size_t j = i;

        for (; j && fixup_table_start[j - 1].fault_rip > f.fault_rip; j--)
            fixup_table_start[j] = fixup_table_start[j - 1];
        fixup_table_start[j] = f;
    }
}

uint64_t fixup_find(uint64_t rip)
{
    size_t low = 0, high = (size_t)(fixup_table_end - fixup_table_start);

    while (low < high) {
        size_t mid = (low + high) / 2;

        if (fixup_table_start[mid].fault_rip < rip)
            low = mid + 1;
        else
            high = mid;
    }
    if (fixup_table_start + low < fixup_table_end &&
        fixup_table_start[low].fault_rip == rip)
        return fixup_table_start[low].resume_rip;
    return 0;
}

bool rdmsr_safe(uint32_t msr, uint64_t *value)
{
    uint32_t lo, hi, ok = 1;

    asm volatile("1: rdmsr\n"
                 "2:\n"
                 ".pushsection .text.fixup, \"ax\"\n"
                 "3: xor %2, %2; xor %0, %0; xor %1, %1; jmp 2b\n"
                 ".popsection\n" FIXUP(1b, 3b)
                 : "=a"(lo), "=d"(hi), "+r"(ok)
                 : "c"(msr)
                 : "memory");
    *value = (uint64_t)hi << 32 | lo;
    return ok;
}

bool wrmsr_safe(uint32_t msr, uint64_t value)
{
    uint32_t ok = 1;

    asm volatile("1: wrmsr\n"
                 "2:\n"
                 ".pushsection .text.fixup, \"ax\"\n"
                 "3: xor %0, %0; jmp 2b\n"
                 ".popsection\n" FIXUP(1b, 3b)
                 : "+r"(ok)
                 : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
                 : "memory");
    return ok;
}
