/* SPDX-License-Identifier: MIT */
/*
 * Two processes on one CPU keep different values in the vector registers
 * across many switches between them; neither may see the other's.
 *
 * The mistake that this was widened for: CPUID did not show OSXSAVE until the
 * kernel had set CR4.OSXSAVE, which a PV kernel does only after it saw it, so
 * dom0 had no AVX. Where the CPU has AVX the whole of the wide registers is
 * looked at, and the kernel must offer it ("avx" as argument: it must be there).
 */
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 20000

static int same(const uint64_t *in, const uint64_t *out, size_t bytes)
{
    if (memcmp(in, out, bytes) == 0)
        return 1;
    printf("the register had %#lx:%#lx, has %#lx:%#lx\n", (unsigned long)in[2],
           (unsigned long)in[0], (unsigned long)out[2], (unsigned long)out[0]);
    return 0;
}

/* The yield is inside, so that the compiler saves nothing. */
static int narrow_round(uint64_t value)
{
    uint64_t in[4] = {value, ~value}, out[4] = {0};

    __asm__ volatile("movdqu %1, %%xmm7\n\t"
                     "mov $24, %%eax\n\t" /* sched_yield */
                     "syscall\n\t"
                     "movdqu %%xmm7, %0"
                     : "=m"(out)
                     : "m"(in)
                     : "rax", "rcx", "r11", "xmm7", "memory");
    return same(in, out, 16);
}

static int wide_round(uint64_t value)
{
    uint64_t in[4] = {value, ~value, value * 3, ~value * 5}, out[4] = {0};

    __asm__ volatile("vmovdqu %1, %%ymm7\n\t"
                     "mov $24, %%eax\n\t"
                     "syscall\n\t"
                     "vmovdqu %%ymm7, %0"
                     : "=m"(out)
                     : "m"(in)
                     : "rax", "rcx", "r11", "xmm7", "memory");
    return same(in, out, 32);
}

static int keeps(uint64_t pattern)
{
    int (*one)(uint64_t) =
        __builtin_cpu_supports("avx") ? wide_round : narrow_round;

    for (uint64_t i = 0; i < ROUNDS; i++)
        if (!one(pattern + i))
            return 1;
    return 0;
}

int main(int argc, char **argv)
{
    cpu_set_t cpu;
    int status = 1;
    pid_t child;

    if (argc == 2 && !strcmp(argv[1], "avx") &&
        !__builtin_cpu_supports("avx")) {
        printf("no AVX\n");
        return 1;
    }
    CPU_ZERO(&cpu);
    CPU_SET(0, &cpu);
    if (sched_setaffinity(0, sizeof(cpu), &cpu) != 0)
        return 1;
    child = fork();
    if (child == 0)
        return keeps(0x1111111111111111);
    if (keeps(0x2222222222222222) != 0)
        return 1;
    if (waitpid(child, &status, 0) != child || status != 0)
        return 1;
    return 0;
}
