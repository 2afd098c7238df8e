/* SPDX-License-Identifier: MIT */
/*
 * Ports in guest kernel mode: dom0's own, those that are the hypervisor's,
 * and the two that are emulated with a latch.
 */
#include "guest.h"

/* Linux asks for IOPL 1 before it uses ports or cli; Xen needs that. */
void family_init(void)
{
    struct physdev_set_iopl op = {.iopl = 1};

    hypercall(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &op);
}

static uint8_t inb(uint16_t port)
{
    uint8_t v;

    __asm__ volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
    return v;
}

TEST(port_allowed_by_bitmap)
{
    /* 0x80 is harmless; 0x3f6 and so on are dom0's. */
    struct fault f = TRY(__asm__ volatile("outb %%al, $0x80" : : "a"(0)));

    CHECK_VECTOR(f, TRAP_NONE);
    f = TRY(__asm__ volatile("inb $0x80, %%al" : : : "eax"));
    CHECK_VECTOR(f, TRAP_NONE);
}

/* Ports of the hypervisor: PIC, PIT, UART, PM timer: all-ones, writes lost. */
TEST(port_denied_reads_ones)
{
    static const uint16_t ports[] = {0x20, 0x21,  0xa0, 0xa1,
                                     0x40, 0x3f8, 0x3fd};

    for (unsigned i = 0; i < ARRAY_LEN(ports); i++) {
        uint8_t v = 0;
        struct fault f = TRY(__asm__ volatile("inb %1, %0"
                                              : "=a"(v)
                                              : "d"(ports[i])));

        if (f.vector == TRAP_GP)
            continue;
        CHECK_VECTOR(f, TRAP_NONE);
        if (v != 0xff)
            test_fail(__FILE__, __LINE__, "in %x is %x", ports[i], v);
    }
}

TEST(port_denied_writes_ignored)
{
    /* Masking all of the PIC or ending the UART would be seen. */
    static const uint16_t ports[] = {0x21, 0xa1, 0x43, 0x3f9, 0x3fb};

    for (unsigned i = 0; i < ARRAY_LEN(ports); i++) {
        struct fault f =
            TRY(__asm__ volatile("outb %0, %1"
                                 :
                                 : "a"((uint8_t)0), "d"(ports[i])));

        CHECK(f.vector == TRAP_NONE || f.vector == TRAP_GP);
    }
    print("INFO the console still works\n");
}

TEST(port_pci_config_latch)
{
    uint32_t v, id;

    __asm__ volatile("outl %0, %1" : : "a"(0x80000000), "d"((uint16_t)0xcf8));
    __asm__ volatile("inl %1, %0" : "=a"(v) : "d"((uint16_t)0xcf8));
    CHECK_EQ(v, 0x80000000);
    __asm__ volatile("inl %1, %0" : "=a"(id) : "d"((uint16_t)0xcfc));
    CHECK_EQ(id & 0xffff, 0x8086); /* QEMU's host bridge */
    CHECK_EQ(inb(0xcfc), id & 0xff);
    CHECK_EQ(inb(0xcfd), id >> 8 & 0xff);
}

TEST(port_rtc_latch)
{
    uint8_t v;

    __asm__ volatile("outb %%al, $0x70" : : "a"((uint8_t)0x0d));
    v = inb(0x71);
    CHECK_EQ(v & 0x80, 0x80); /* valid RAM and time */
}

TEST(port_string_io)
{
    uint32_t buf = 0;
    void *p = &buf;
    ulong_t n = 4;

    /* rep insb / outsb at port 0x80 */
    struct fault f = TRY(__asm__ volatile("rep insb"
                                          : "+D"(p), "+c"(n)
                                          : "d"(0x80)
                                          : "memory"));

    CHECK_VECTOR(f, TRAP_NONE);
    p = &buf;
    n = 4;
    f = TRY(__asm__ volatile("rep outsb"
                             : "+S"(p), "+c"(n)
                             : "d"(0x80)
                             : "memory"));
    CHECK_VECTOR(f, TRAP_NONE);
}

/* String I/O into the hypervisor's memory is the guest's page fault. */
TEST(port_string_io_hypervisor_address)
{
    void *p = (void *)0xffff82d040000000ul;
    ulong_t n = 1;
    struct fault f = TRY(__asm__ volatile("rep insb"
                                          : "+D"(p), "+c"(n)
                                          : "d"(0x71)
                                          : "memory"));

    CHECK(f.vector == TRAP_PF || f.vector == TRAP_GP);
    p = (void *)0xffff82d040000000ul;
    n = 1;
    f = TRY(__asm__ volatile("rep outsb"
                             : "+S"(p), "+c"(n)
                             : "d"(0x71)
                             : "memory"));
    CHECK(f.vector == TRAP_PF || f.vector == TRAP_GP);
}
