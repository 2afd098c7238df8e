/* SPDX-License-Identifier: MIT */
/*
 * Port access that the TSS bitmap does not let through.
 *
 * Invariant: a port is touched for a domain only if its bitmap has it open;
 * user mode needs the guest kernel's leave besides.
 */
#include "pv/ports.h"

#include "cpu/insn.h"
#include "cpu/tlb.h"
#include "mm/guest_access.h"
#include "platform/pci.h"
#include "time/rtc.h"

static bool is_open(const uint8_t *bitmap, unsigned port, unsigned bytes)
{
    for (unsigned p = port; p < port + bytes; p++)
        if (p > 0xffff || bit_test(bitmap, p))
            return false;
    return true;
}

bool ports_user_may(struct vcpu *v, uint16_t port, unsigned bytes)
{
    bool ok = true;

    if (v->pv.iopl == 3)
        return true;
    if (!v->pv.iobitmap || port + bytes > v->pv.iobitmap_ports)
        return false;
    /* The bitmap lies in kernel memory, which user mode's root lacks. */
    tlb_load_root(mfn_to_paddr(v->mm.kernel_root));
    for (unsigned p = port; ok && p < port + bytes; p++) {
        uint8_t byte;

        ok = !guest_read(&byte, (const uint8_t __guest *)v->pv.iobitmap + p / 8,
                         1) &&
             !(byte >> (p % 8) & 1);
    }
    tlb_load_root(mfn_to_paddr(v->mm.user_root));
    return ok;
}

static uint32_t port_in(uint16_t port, unsigned bytes)
{
    switch (bytes) {
    case 1:
        return inb(port);
    case 2:
        return inw(port);
    default:
        return inl(port);
    }
}

static void port_out(uint16_t port, unsigned bytes, uint32_t value)
{
    switch (bytes) {
    case 1:
        outb(port, (uint8_t)value);
        break;
    case 2:
        outw(port, (uint16_t)value);
        break;
    default:
        outl(port, value);
    }
}

static bool is_config(uint16_t port)
{
    return port >= 0xcf8 && port <= 0xcff;
}

static bool is_rtc(uint16_t port, unsigned bytes)
{
    return (port == 0x70 || port == 0x71) && bytes == 1;
}

uint32_t ports_read(struct vcpu *v, uint16_t port, unsigned bytes)
{
    struct domain *d = v->domain;
    uint32_t all = bytes == 4 ? ~0U : (1U << (8 * bytes)) - 1;

    if (!d->ioport_bitmap)
        return all;
    if (is_open(d->ioport_bitmap, port, bytes))
        return port_in(port, bytes);
    if (is_config(port))
        return pci_port_read(&d->pci_latch, port, bytes);
    if (is_rtc(port, bytes))
        return rtc_port_read(d->rtc_latch, port);
    return all;
}

void ports_write(struct vcpu *v, uint16_t port, unsigned bytes, uint32_t value)
{
    struct domain *d = v->domain;

    if (!d->ioport_bitmap)
        return;
    if (is_open(d->ioport_bitmap, port, bytes))
        port_out(port, bytes, value);
    else if (is_config(port))
        pci_port_write(&d->pci_latch, port, bytes, value);
    else if (is_rtc(port, bytes))
        rtc_port_write(&d->rtc_latch, port, (uint8_t)value);
}
