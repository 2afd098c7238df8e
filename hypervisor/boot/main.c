/* SPDX-License-Identifier: MIT */
/*
 * The boot CPU's way from head.S to the first domain: an ordered list of init
 * calls. A wiring file that may name every room.
 */
#include "boot/multiboot.h"
#include "boot/smp.h"
#include "cpu/features.h"
#include "cpu/fixup.h"
#include "cpu/gdt.h"
#include "cpu/insn.h"
#include "cpu/percpu.h"
#include "cpu/start.h"
#include "debug/console.h"
#include "debug/keys.h"
#include "debug/log.h"
#include "dom0/build.h"
#include "domain/domain.h"
#include "domain/keys.h"
#include "event/keys.h"
#include "hypercall/check.h"
#include "lib/boot_info.h"
#include "lib/params.h"
#include "mm/boot.h"
#include "mm/cpu_area.h"
#include "mm/heap.h"
#include "platform/acpi.h"
#include "platform/apic.h"
#include "platform/irq.h"
#include "platform/power.h"
#include "platform/screen.h"
#include "sched/keys.h"
#include "sched/sched.h"
#include "time/clock.h"
#include "time/timer.h"

NORETURN void boot_main(uint32_t magic, uint32_t info);

static void init_memory(void)
{
    mm_init();
    if (cpu_area_init() || cpu_area_create(0))
        boot_fail("no memory for the boot CPU's tables: give the machine "
                  "more");
    cpu_init(0);
}

static void init_platform(void)
{
    acpi_init();
    power_init();
    apic_init();
    irq_init();
    clock_init();
    timer_init_cpu();
}

/* What the boot cost, in the terms that are quoted for it. */
static void report(uint64_t entry_tsc)
{
    uint64_t us = (rdtsc() - entry_tsc) * 1000 / clock_tsc_khz();
    uint64_t ram = 0, held;

    for (unsigned i = 0; i < boot_info.map_count; i++)
        if (boot_info.map[i].type == MEM_RAM)
            ram += boot_info.map[i].size;
    held = heap_free_count() + READ_ONCE(dom0->mm.page_count);
    log_info("boot: %lu.%03lu ms from entry to dom0; of %lu MiB RAM %lu KiB "
             "are the hypervisor's, %lu MiB free",
             us / 1000, us % 1000, ram >> 20,
             (ram >> 10) - (held << (PAGE_SHIFT - 10)),
             heap_free_count() >> (20 - PAGE_SHIFT));
}

void boot_main(uint32_t magic, uint32_t info)
{
    uint64_t entry_tsc = rdtsc();
    const char *error = multiboot_read(magic, info);

    gdt_init_early();
    fixup_init();
    params_parse(boot_info.cmdline);
    console_init();
    console_banner();
    if (error || (error = multiboot_check()))
        boot_fail("%s", error);
    features_init();
    features_restrict(boot_params.smep, boot_params.smap, boot_params.umip);
    features_init_cpu();
    init_memory();
    screen_init();
    init_platform();
    debug_keys_init();
    domain_keys_init();
    sched_keys_init();
    event_keys_init();
    check_init();
    domain_init();
    if (!sched_idle_vcpu_create(0))
        boot_fail("no memory for the first CPU: give the machine more");
    smp_start();
    console_input_init();
    reaper_init();
    dom0_build();
    report(entry_tsc);
    mm_free_init();
    sched_start();
}
