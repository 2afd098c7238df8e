/* SPDX-License-Identifier: MIT */
/*
 * The local APIC (SDM vol. 3A chapter 10).
 *
 * Invariant: all CPUs use one mode. Interrupts of devices go to one CPU by
 * physical destination. The task priority stays 0.
 *
 * Locking: none: a CPU touches its own APIC only, and interrupts are off.
 */
#include "platform/apic.h"

#include "cpu/features.h"
#include "cpu/insn.h"
#include "cpu/msr.h"
#include "cpu/percpu.h"
#include "debug/log.h"
#include "lib/assert.h"
#include "lib/params.h"
#include "mm/map.h"
#include "platform/acpi.h"
#include "platform/pic.h"
#include "time/clock.h"
#include "time/scale.h"

/* Offsets in the xAPIC page; MSR 0x800 + offset / 16 in x2APIC mode. */
#define REG_ID            0x20
#define REG_VERSION       0x30
#define REG_TPR           0x80
#define REG_EOI           0xb0
#define REG_LDR           0xd0
#define REG_SPURIOUS      0xf0
#define REG_ISR           0x100
#define REG_ERROR         0x280
#define REG_LVT_CMCI      0x2f0
#define REG_ICR           0x300
#define REG_ICR_HIGH      0x310
#define REG_LVT_TIMER     0x320
#define REG_LVT_THERMAL   0x330
#define REG_LVT_PERF      0x340
#define REG_LVT_LINT0     0x350
#define REG_LVT_LINT1     0x360
#define REG_LVT_ERROR     0x370
#define REG_TIMER_INITIAL 0x380
#define REG_TIMER_CURRENT 0x390
#define REG_TIMER_DIVIDE  0x3e0

#define BASE_ENABLED      (1UL << 11)
#define BASE_X2APIC       (1UL << 10)
#define BASE_ADDRESS      0x000ffffffffff000UL
#define SPURIOUS_ENABLE   (1U << 8)
#define LVT_MASKED        (1U << 16)
#define LVT_NMI           (4U << 8)
#define LVT_DEADLINE      (2U << 17)
#define ICR_NMI           (4U << 8)
#define ICR_INIT          (5U << 8)
#define ICR_STARTUP       (6U << 8)
#define ICR_PENDING       (1U << 12)
#define ICR_ASSERT        (1U << 14)
#define VERSION_LVT_SHIFT 16
/* An IPI is accepted within microseconds; a dead bus must not hang us. */
#define ICR_PATIENCE 100000

/* The slowest timer worth having: a deadline is met within 16 ns. */
#define TIMER_HZ_MIN (64UL * 1000 * 1000)

static bool is_x2apic, use_deadline;
static volatile uint32_t *xapic;
static struct scale ns_to_ticks;
static uint32_t timer_divide = 0xb; /* by 1 */

static uint32_t read_reg(unsigned reg)
{
    if (is_x2apic)
        return (uint32_t)rdmsr(MSR_X2APIC_BASE + reg / 16);
    return xapic[reg / 4];
}

static void write_reg(unsigned reg, uint32_t v)
{
    if (is_x2apic)
        wrmsr(MSR_X2APIC_BASE + reg / 16, v);
    else
        xapic[reg / 4] = v;
}

void apic_eoi(void)
{
    write_reg(REG_EOI, 0);
}

uint32_t apic_id(void)
{
    uint32_t id = read_reg(REG_ID);

    return is_x2apic ? id : id >> 24;
}

bool apic_is_x2apic(void)
{
    return is_x2apic;
}

static void wait_icr_idle(void)
{
    for (unsigned i = 0; i < ICR_PATIENCE; i++) {
        if (!(read_reg(REG_ICR) & ICR_PENDING))
            return;
        cpu_relax();
    }
}

static void send(uint32_t id, uint32_t command)
{
    if (is_x2apic) {
        /* WRMSR to the APIC is not ordered after earlier stores. */
        memory_barrier();
        wrmsr(MSR_X2APIC_BASE + REG_ICR / 16, (uint64_t)id << 32 | command);
        return;
    }
    wait_icr_idle();
    write_reg(REG_ICR_HIGH, id << 24);
    write_reg(REG_ICR, command);
}

void apic_ipi(unsigned cpu, uint8_t vector)
{
    ASSERT(cpu < cpu_count);
    send(cpu_apic_id[cpu], ICR_ASSERT | vector);
}

void apic_ipi_mask(const struct cpumask *cpus, uint8_t vector)
{
    unsigned cpu, self = cpu_id();

    CPUMASK_FOR_EACH(cpu, cpus)
    if (cpu != self)
        apic_ipi(cpu, vector);
}

void apic_nmi_others(void)
{
    unsigned cpu, self = cpu_id();

    /* A panic may come before there is an APIC. */
    if (!is_x2apic && !xapic)
        return;
    CPUMASK_FOR_EACH(cpu, &cpu_online)
    if (cpu != self)
        send(cpu_apic_id[cpu], ICR_ASSERT | ICR_NMI);
    if (!is_x2apic)
        wait_icr_idle();
}

void apic_send_init(uint32_t id)
{
    send(id, ICR_ASSERT | ICR_INIT);
    if (!is_x2apic)
        wait_icr_idle();
}

void apic_send_startup(uint32_t id, uint8_t start_page)
{
    send(id, ICR_ASSERT | ICR_STARTUP | start_page);
    if (!is_x2apic)
        wait_icr_idle();
}

/* ---- Timer ---- */

bool apic_timer_needs_rate(void)
{
    return !use_deadline;
}

void apic_timer_start_free(void)
{
    write_reg(REG_LVT_TIMER, LVT_MASKED | VECTOR_TIMER);
    write_reg(REG_TIMER_DIVIDE, timer_divide);
    write_reg(REG_TIMER_INITIAL, ~0U);
}

uint32_t apic_timer_elapsed(void)
{
    return ~0U - read_reg(REG_TIMER_CURRENT);
}

static void init_timer(void)
{
    write_reg(REG_TIMER_INITIAL, 0);
    if (use_deadline) {
        write_reg(REG_LVT_TIMER, LVT_DEADLINE | VECTOR_TIMER);
        /* The mode must be set before the first write of a deadline. */
        memory_barrier();
        wrmsr(MSR_TSC_DEADLINE, 0);
        return;
    }
    write_reg(REG_TIMER_DIVIDE, timer_divide);
    write_reg(REG_LVT_TIMER, VECTOR_TIMER);
}

void apic_timer_set_rate(uint64_t hz)
{
    /* By 2, 4, 8, 16, 32, 64, 128. */
    static const uint8_t divide[] = {0, 1, 2, 3, 8, 9, 10};

    if (!use_deadline && hz) {
        /* The slower it counts, the further a single shot reaches. */
        for (unsigned i = 0; i < ARRAY_COUNT(divide) && hz / 2 >= TIMER_HZ_MIN;
             i++) {
            hz /= 2;
            timer_divide = divide[i];
        }
        ns_to_ticks = scale_from_ratio(hz, 1000000000);
    }
    init_timer();
}

/* A deadline beyond the counter's reach fires early; the caller sets it anew. */
static void set_count(uint64_t deadline_ns)
{
    uint64_t now = clock_now_ns();
    uint64_t ticks = 1;

    if (deadline_ns > now)
        ticks += scale_apply(ns_to_ticks, deadline_ns - now);
    write_reg(REG_TIMER_INITIAL, (uint32_t)MIN(ticks, 0xffffffffUL));
}

void apic_timer_set(uint64_t deadline_ns)
{
    if (!deadline_ns) {
        if (use_deadline)
            wrmsr(MSR_TSC_DEADLINE, 0);
        else
            write_reg(REG_TIMER_INITIAL, 0);
    } else if (use_deadline) {
        wrmsr(MSR_TSC_DEADLINE, clock_ns_to_tsc(deadline_ns));
    } else {
        set_count(deadline_ns);
    }
}

/* ---- Set-up ---- */

/* Interrupts that the firmware left in service would block lower ones. */
static void clear_in_service(void)
{
    for (unsigned i = 0; i < 256; i++) {
        unsigned word = 0;

        while (word < 8 && !read_reg(REG_ISR + word * 16))
            word++;
        if (word == 8)
            return;
        apic_eoi();
    }
}

static void mask_lvts(void)
{
    unsigned last = read_reg(REG_VERSION) >> VERSION_LVT_SHIFT & 0xff;

    write_reg(REG_LVT_TIMER, LVT_MASKED | VECTOR_TIMER);
    write_reg(REG_LVT_LINT0, LVT_MASKED);
    /* By convention the board's NMI line, on the boot CPU. */
    write_reg(REG_LVT_LINT1, cpu_id() ? LVT_MASKED | LVT_NMI : LVT_NMI);
    if (last >= 3)
        write_reg(REG_LVT_ERROR, VECTOR_ERROR);
    if (last >= 4)
        write_reg(REG_LVT_PERF, LVT_MASKED);
    if (last >= 5)
        write_reg(REG_LVT_THERMAL, LVT_MASKED);
    if (last >= 6)
        write_reg(REG_LVT_CMCI, LVT_MASKED);
}

static void enable_mode(void)
{
    uint64_t base = rdmsr(MSR_APIC_BASE);

    /* x2APIC can only be entered from enabled xAPIC (SDM 10.12.5). */
    if (!(base & BASE_ENABLED))
        wrmsr(MSR_APIC_BASE, base |= BASE_ENABLED);
    if (is_x2apic && !(base & BASE_X2APIC))
        wrmsr(MSR_APIC_BASE, base | BASE_X2APIC);
}

void apic_init_cpu(void)
{
    enable_mode();
    write_reg(REG_TPR, 0);
    mask_lvts();
    write_reg(REG_SPURIOUS, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
    clear_in_service();
    /* Errors are latched by a write. */
    write_reg(REG_ERROR, 0);
    init_timer();
}

/* xAPIC mode can address 255 CPUs. */
static bool is_reachable(uint32_t id)
{
    return is_x2apic || id < 0xff;
}

static void number_cpus(void)
{
    unsigned limit = boot_params.maxcpus ? boot_params.maxcpus : ~0U;
    uint32_t self = apic_id();
    bool is_listed = false;

    for (unsigned i = 0; i < acpi_info.cpu_count; i++)
        is_listed |= acpi_info.cpus[i].apic_id == self;
    if (!is_listed)
        log_warning("apic: ACPI does not list the boot CPU, APIC id %u", self);
    cpu_apic_id[0] = self;
    cpu_count = 1;
    bit_set(cpu_online.w, 0);
    for (unsigned i = 0; i < acpi_info.cpu_count; i++) {
        uint32_t id = acpi_info.cpus[i].apic_id;

        if (id != self && is_reachable(id) && cpu_count < limit &&
            cpu_count < CONFIG_NR_CPUS)
            cpu_apic_id[cpu_count++] = id;
    }
}

void apic_init(void)
{
    uint64_t base = rdmsr(MSR_APIC_BASE);

    pic_init();
    /* What the firmware turned on can't be turned off without a reset. */
    is_x2apic =
        (base & BASE_X2APIC) || (cpu_features.x2apic && boot_params.x2apic);
    use_deadline = cpu_features.tsc_deadline;
    if (!is_x2apic) {
        xapic = map_mmio(PADDR(base & BASE_ADDRESS), PAGE_SIZE, MMIO_UC);
        if (!xapic)
            panic("apic: no room to map the local APIC");
    }
    apic_init_cpu();
    number_cpus();
    log_info("apic: %s, timer by %s", is_x2apic ? "x2APIC" : "xAPIC",
             use_deadline ? "TSC deadline" : "count");
}

void apic_report_error(void)
{
    uint32_t status;

    write_reg(REG_ERROR, 0);
    status = read_reg(REG_ERROR);
    log_warning("apic: error interrupt on CPU %u, status %#x", cpu_id(),
                status);
}
