/* SPDX-License-Identifier: MIT */
/*
 * pv/hypercall_page.c: each stub does what guests rely on. The stubs end in
 * SYSCALL, and so can be called here: stub N makes the host's system call N.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "abi/xen.h"
#include "pv/policy.h"

#define STUB_BYTES 32
#define STUBS      (PAGE_SIZE / STUB_BYTES)

static uint8_t *page;

/* Call a stub with a pattern in RCX and R11, which must come back. */
static long call_stub(unsigned n, long a, long b, bool *kept)
{
    long result, rcx = 0x1122334455667788, r11 = -0x123456789;
    const void *at = page + n * STUB_BYTES;

    /* Beyond the red zone, for the call pushes. */
    asm volatile("mov %[r11], %%r11\n"
                 "lea -128(%%rsp), %%rsp\n"
                 "call *%[at]\n"
                 "lea 128(%%rsp), %%rsp\n"
                 "mov %%r11, %[r11]\n"
                 : "=a"(result), "+c"(rcx), [r11] "+r"(r11)
                 : [at] "r"(at), "D"(a), "S"(b)
                 : "r11", "memory", "cc");
    *kept = rcx == 0x1122334455667788 && r11 == -0x123456789;
    return result;
}

static void test_stubs_call(void **unused)
{
    int fds[2];
    bool kept;

    (void)unused;
    assert_int_equal(call_stub(SYS_getpid, 0, 0, &kept), getpid());
    assert_true(kept);
    assert_int_equal(call_stub(SYS_getuid, 0, 0, &kept), getuid());
    assert_true(kept);
    /* Arguments pass through. */
    assert_int_equal(call_stub(SYS_pipe, (long)fds, 0, &kept), 0);
    assert_true(kept);
    assert_int_equal(call_stub(SYS_dup2, fds[0], fds[1], &kept), fds[1]);
    assert_int_equal(call_stub(SYS_close, fds[0], 0, &kept), 0);
    assert_int_equal(call_stub(SYS_close, fds[1], 0, &kept), 0);
}

/* push rcx; push r11; mov n, eax; syscall; pop r11; pop rcx; ret */
static void test_all_stubs(void **unused)
{
    (void)unused;
    for (unsigned n = 0; n < STUBS; n++) {
        const uint8_t want[] = {0x51, 0x41, 0x53, 0xb8, (uint8_t)n, 0,    0,
                                0,    0x0f, 0x05, 0x41, 0x5b,       0x59, 0xc3};
        const uint8_t *stub = page + n * STUB_BYTES;

        if (n == __HYPERVISOR_iret)
            continue;
        assert_memory_equal(stub, want, sizeof(want));
        for (unsigned i = sizeof(want); i < STUB_BYTES; i++)
            assert_int_equal(stub[i], 0xcc);
    }
}

/* The frame that iret takes lies below RAX, R11 and RCX. */
static void test_iret_stub(void **unused)
{
    static const uint8_t want[] = {0x51, 0x41, 0x53, 0x50, 0xb8, 23,
                                   0,    0,    0,    0x0f, 0x05, 0xcc};

    (void)unused;
    assert_memory_equal(page + 23 * STUB_BYTES, want, sizeof(want));
}

static int set_up(void **unused)
{
    (void)unused;
    page = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC,
                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return -1;
    policy_fill_hypercall_page(page);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stubs_call),
        cmocka_unit_test(test_all_stubs),
        cmocka_unit_test(test_iret_stub),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
