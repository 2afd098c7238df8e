/* SPDX-License-Identifier: MIT */
/*
 * System calls by `int $0x80` from a 64-bit program: the gate that the kernel
 * registers by set_trap_table with vector 0x80 and privilege level 3.
 */
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#define NR_GETPID_32 20

int main(void)
{
    long pid;

    for (int i = 0; i < 1000; i++) {
        /* The 32-bit entry leaves r8-r11 undefined. */
        __asm__ volatile("int $0x80"
                         : "=a"(pid)
                         : "a"(NR_GETPID_32)
                         : "memory", "r8", "r9", "r10", "r11");
        if (pid != getpid()) {
            printf("getpid by int 0x80 gave %ld, not %d\n", pid, getpid());
            return 1;
        }
    }
    return 0;
}
