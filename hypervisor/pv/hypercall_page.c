/* SPDX-License-Identifier: MIT */
/*
 * The hypercall page that older guests call into: 128 stubs of 32 bytes. New
 * kernels execute SYSCALL themselves.
 */
#include "abi/xen.h"
#include "lib/string.h"
#include "pv/policy.h"

void policy_fill_hypercall_page(void *page)
{
    /* push rcx; push r11; mov $n, eax; syscall; pop r11; pop rcx; ret */
    static const uint8_t stub[] = {0x51, 0x41, 0x53, 0xb8, 0,    0,    0,
                                   0,    0x0f, 0x05, 0x41, 0x5b, 0x59, 0xc3};
    /* iret never returns: push rcx; push r11; push rax; mov; syscall */
    static const uint8_t iret[] = {0x51, 0x41, 0x53, 0x50, 0xb8, 0,
                                   0,    0,    0,    0x0f, 0x05};
    uint8_t *p = page;

    memset(p, 0xcc, PAGE_SIZE);
    for (unsigned n = 0; n < PAGE_SIZE / 32; n++, p += 32) {
        bool is_iret = n == __HYPERVISOR_iret;

        if (is_iret)
            memcpy(p, iret, sizeof(iret));
        else
            memcpy(p, stub, sizeof(stub));
        p[is_iret ? 5 : 4] = (uint8_t)n;
    }
}
