/* SPDX-License-Identifier: MIT */
/*
 * console_io: the hypervisor's console as the first domain uses it.
 */
#include "guest.h"

#define WRITE(n, p) hypercall(__HYPERVISOR_console_io, CONSOLEIO_write, n, p)
#define READ(n, p)  hypercall(__HYPERVISOR_console_io, CONSOLEIO_read, n, p)
#define BAD_PTR     ((void *)0xffff820000000000ul)

TEST(console_io_write_ok, COVERS(console_io, ok))
{
    static const char text[] = "INFO console write\n";

    CHECK_EQ(WRITE(sizeof(text) - 1, text), 0);
}

TEST(console_io_write_zero_ok, COVERS(console_io, ok))
{
    CHECK_EQ(WRITE(0, NULL), 0);
}

/* Longer than any chunk that a hypervisor copies at once. */
TEST(console_io_write_long_ok, COVERS(console_io, ok))
{
    static char text[3000];

    memset(text, '.', sizeof(text));
    memcpy(text, "INFO ", 5);
    for (unsigned i = 100; i < sizeof(text); i += 100)
        memcpy(text + i, "\nINFO ", 6);
    text[sizeof(text) - 1] = '\n';
    CHECK_EQ(WRITE(sizeof(text), text), 0);
}

/* The first chunk is valid, what follows is not mapped. */
TEST(console_io_write_efault_tail, COVERS(console_io, EFAULT))
{
    char *page = page_alloc(), *hole = window_alloc();
    (void)page;
    CHECK_EQ(WRITE(10, hole), -XEN_EFAULT);
    window_free(hole);
    page_free(page);
}

TEST(console_io_write_efault_hypervisor, COVERS(console_io, EFAULT))
{
    CHECK_EQ(WRITE(1, BAD_PTR), -XEN_EFAULT);
    CHECK_EQ(WRITE(16, (void *)0xffff830000000000ul), -XEN_EFAULT);
    CHECK_EQ(WRITE(16, (void *)0x8000000000000000ul), -XEN_EFAULT);
}

/* The M2P is the guest's to read, but at its end is not. */
TEST(console_io_write_efault_wrap, COVERS(console_io, EFAULT))
{
    long rc = WRITE(16, (void *)-8ul);

    CHECK_EQ(rc, -XEN_EFAULT);
}

TEST(console_io_write_huge_count, COVERS(console_io, EFAULT))
{
    /*
     * Xen takes the count as an int: INT_MIN or more is negative. It writes
     * page after page until it meets a hole, so start right before one.
     */
    char *hole = window_alloc();
    long rc = WRITE(0x7fffffff, hole);

    CHECK_EITHER(rc, -XEN_EFAULT, -XEN_E2BIG);
    window_free(hole);
}

TEST(console_io_read_none_ok, COVERS(console_io, ok))
{
    char buf[16];

    CHECK_EQ(READ(sizeof(buf), buf), 0);
    CHECK_EQ(READ(0, NULL), 0);
}

TEST(console_io_enosys, COVERS(console_io, ENOSYS))
{
    CHECK_EQ(hypercall(__HYPERVISOR_console_io, 2, 0, 0), -XEN_ENOSYS);
    CHECK_EQ(hypercall(__HYPERVISOR_console_io, 0x7fff, 0, 0), -XEN_ENOSYS);
}
