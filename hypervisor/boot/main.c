/* SPDX-License-Identifier: MIT */
/*
 * The boot CPU's way from head.S to the first domain: an ordered list of init
 * calls. A wiring file that may name every room.
 */
#include "boot/multiboot.h"
#include "boot/params.h"
#include "boot/smp.h"
#include "cpu/features.h"
#include "cpu/fixup.h"
#include "cpu/gdt.h"
#include "cpu/percpu.h"
#include "cpu/start.h"
#include "debug/console.h"
#include "debug/keys.h"
#include "debug/log.h"
#include "dom0/build.h"
#include "domain/domain.h"
#include "domain/keys.h"
#include "event/keys.h"
#include "lib/boot_info.h"
#include "mm/boot.h"
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
    if (gdt_init() || gdt_create_area(0))
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

void boot_main(uint32_t magic, uint32_t info)
{
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
    domain_init();
    if (!sched_idle_vcpu_create(0))
        boot_fail("no memory for the first CPU: give the machine more");
    smp_start();
    console_input_init();
    reaper_init();
    dom0_build();
    mm_free_init();
    sched_start();
}
