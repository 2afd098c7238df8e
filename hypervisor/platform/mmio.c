/* SPDX-License-Identifier: MIT */
/* Which device memory and ports the hypervisor keeps from dom0. */
#include "platform/mmio.h"

#include "lib/string.h"
#include "platform/acpi.h"
#include "platform/ioapic.h"
#include "platform/msi.h"
#include "platform/pci.h"
#include "platform/serial.h"

#define INTERRUPT_WINDOW_FIRST 0xfee00UL /* frames */
#define INTERRUPT_WINDOW_LAST  0xfeeffUL
#define PM_TIMER_PORTS         4

static bool is_frame_of(uint64_t address, mfn_t mfn)
{
    return address && address >> PAGE_SHIFT == mfn.v;
}

bool platform_mmio_denied(mfn_t mfn)
{
    if (mfn.v >= INTERRUPT_WINDOW_FIRST && mfn.v <= INTERRUPT_WINDOW_LAST)
        return true;
    for (unsigned i = 0; i < acpi_info.ioapic_count; i++)
        if (is_frame_of(acpi_info.ioapics[i].address, mfn))
            return true;
    return is_frame_of(acpi_info.lapic_address, mfn);
}

bool platform_mmio_readonly(mfn_t mfn)
{
    /* Firmware's AML reads the HPET to see whether it is there. */
    return msi_is_table_frame(mfn.v) ||
           is_frame_of(acpi_info.hpet_address, mfn);
}

static void deny(uint8_t *bitmap, unsigned first, unsigned count)
{
    for (unsigned port = first; port < first + count && port < 65536; port++)
        bitmap[port / 8] |= (uint8_t)(1U << port % 8);
}

void platform_build_ioport_bitmap(uint8_t *bitmap)
{
    memset(bitmap, 0, PLATFORM_IOPORT_BITMAP_BYTES);
    deny(bitmap, 0x20, 2); /* PICs, and their edge and level registers */
    deny(bitmap, 0xa0, 2);
    deny(bitmap, 0x4d0, 2);
    deny(bitmap, 0x40, 4); /* PIT, and the gate of its channel 2 */
    deny(bitmap, 0x61, 1);
    deny(bitmap, 0x70, 2); /* RTC: emulated */
    deny(bitmap, PCI_PORT_FIRST, PCI_PORT_LAST - PCI_PORT_FIRST + 1);
    if (serial_port_base())
        deny(bitmap, serial_port_base(), SERIAL_PORT_COUNT);
    if (acpi_info.pm_timer_port)
        deny(bitmap, acpi_info.pm_timer_port, PM_TIMER_PORTS);
}
