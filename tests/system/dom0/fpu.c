/* SPDX-License-Identifier: MIT */
/*
 * Two processes on one CPU keep different values in the vector registers
 * across many switches between them; neither may see the other's.
 */
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 20000

static int keeps(uint64_t pattern)
{
    uint64_t in[2] = {pattern, ~pattern}, out[2];

    for (int i = 0; i < ROUNDS; i++) {
        in[0] = pattern + (uint64_t)i;
        /* The yield is inside, so that the compiler saves nothing. */
        __asm__ volatile("movdqu %1, %%xmm7\n\t"
                         "mov $24, %%eax\n\t" /* sched_yield */
                         "syscall\n\t"
                         "movdqu %%xmm7, %0"
                         : "=m"(out)
                         : "m"(in)
                         : "rax", "rcx", "r11", "xmm7", "memory");
        if (memcmp(in, out, sizeof(in)) != 0) {
            printf("xmm7 had %#lx, has %#lx\n", (unsigned long)in[0],
                   (unsigned long)out[0]);
            return 1;
        }
    }
    return 0;
}

int main(void)
{
    cpu_set_t cpu;
    int status = 1;
    pid_t child;

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
