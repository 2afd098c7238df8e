/* SPDX-License-Identifier: MIT */
/*
 * System time from the TSC, and wall time.
 *
 * Invariant: system time is scale(TSC + this CPU's offset - base); scale and
 * base never change after clock_init(), an offset never after its CPU is
 * online. Where CPUs' TSCs were found to differ, the measured offsets leave an
 * uncertainty, and clock_now_ns() also never returns less than it returned
 * anywhere before.
 */
#include "time/clock.h"

#include "cpu/features.h"
#include "cpu/insn.h"
#include "cpu/percpu.h"
#include "debug/log.h"
#include "lib/atomic.h"
#include "lib/params.h"
#include "time/calibrate.h"
#include "time/rtc.h"
#include "time/scale.h"

#define NS_PER_SECOND 1000000000ULL
#define SYNC_ROUNDS   8
/* Either side of the comparison gives up when the other is silent so long. */
#define SYNC_PATIENCE_NS 1000000000ULL
/* Spins in clock_delay_us() for each microsecond while there is no clock. */
#define SPINS_PER_US 100

static struct scale tsc_to_ns, ns_to_tsc;
static uint64_t tsc_hz;   /* 0: not calibrated */
static uint64_t base_tsc; /* of the boot CPU, at system time 0 */
static int64_t tsc_offset[CONFIG_NR_CPUS];
static bool tscs_differ;
static uint64_t last_ns;      /* the highest time returned, if tscs_differ */
static uint64_t wall_base_ns; /* wall time at system time 0 */

/* The two sides of a comparison; only one is under way at a time. */
static struct {
    uint32_t ping, pong, verdict; /* rounds begun and answered; done */
    uint64_t answer_tsc;
} sync CACHE_ALIGNED;

/* TSC ticks since system time 0; 0 for a moment before it. */
static uint64_t ticks_at(uint64_t tsc)
{
    int64_t ticks = (int64_t)(tsc - base_tsc) + tsc_offset[cpu_id()];

    return ticks > 0 ? (uint64_t)ticks : 0;
}

uint64_t clock_tsc_to_ns(uint64_t tsc)
{
    return scale_apply(tsc_to_ns, ticks_at(tsc));
}

uint64_t clock_ns_to_tsc(uint64_t ns)
{
    uint64_t ticks = scale_apply(ns_to_tsc, ns);

    /* Both scales round down. */
    while (scale_apply(tsc_to_ns, ticks) < ns)
        ticks++;
    return ticks + base_tsc - (uint64_t)tsc_offset[cpu_id()];
}

/* `ns`, or the latest time that any CPU was told if that is later. */
static uint64_t never_back(uint64_t ns)
{
    uint64_t last = atomic_load(&last_ns);

    while (ns > last)
        if (atomic_cas(&last_ns, &last, ns))
            return ns;
    return last;
}

uint64_t clock_now_ns(void)
{
    uint64_t ns;

    if (unlikely(!tsc_hz))
        return 0;
    ns = clock_tsc_to_ns(rdtsc_ordered());
    return unlikely(READ_ONCE(tscs_differ)) ? never_back(ns) : ns;
}

uint64_t clock_tsc_khz(void)
{
    return tsc_hz / 1000;
}

void clock_scale_get(struct clock_scale *out)
{
    unsigned cpu = cpu_id();

    *out = (struct clock_scale){
        .tsc = base_tsc - (uint64_t)tsc_offset[cpu],
        .system_ns = 0,
        .mul = tsc_to_ns.mul,
        .shift = tsc_to_ns.shift,
        .generation = tsc_offset[cpu] ? cpu + 1 : 1,
    };
}

uint64_t clock_wall_base_ns(void)
{
    return atomic_load(&wall_base_ns);
}

void clock_wall_set(uint64_t wall_ns, uint64_t system_ns)
{
    atomic_store(&wall_base_ns, wall_ns - system_ns);
}

void clock_delay_us(unsigned us)
{
    uint64_t start = rdtsc(), ticks;

    if (!tsc_hz) {
        for (uint64_t i = 0; i < (uint64_t)us * SPINS_PER_US; i++)
            cpu_relax();
        return;
    }
    ticks = scale_apply(ns_to_tsc, us * 1000ULL);
    while (rdtsc() - start < ticks)
        cpu_relax();
}

static void init_wall(void)
{
    uint64_t seconds;

    if (!rtc_read_seconds(&seconds)) {
        log_warning("clock: the RTC shows no valid time, wall clock starts "
                    "at 1970-01-01");
        seconds = 0;
    }
    clock_wall_set(seconds * NS_PER_SECOND, clock_now_ns());
}

void clock_init(void)
{
    struct calibration c;

    base_tsc = rdtsc();
    if (!calibrate_run(&c))
        boot_fail("no clock: neither CPUID, HPET, ACPI PM timer nor PIT tells "
                  "how fast the TSC runs; turn one of them on in the firmware");
    tsc_to_ns = scale_from_ratio(NS_PER_SECOND, c.tsc_hz);
    ns_to_tsc = scale_from_ratio(c.tsc_hz, NS_PER_SECOND);
    tsc_hz = c.tsc_hz;
    log_info("clock: TSC %lu.%03lu MHz by %s%s", c.tsc_hz / 1000000,
             c.tsc_hz / 1000 % 1000, c.source,
             cpu_features.invariant_tsc ? "" : ", not said to be invariant");
    if (c.apic_hz)
        log_debug("clock: APIC timer %lu kHz", c.apic_hz / 1000);
    init_wall();
}

/* Wait until *counter reaches `value`; false when that takes too long. */
static bool wait_for(const uint32_t *counter, uint32_t value)
{
    uint64_t start = rdtsc();
    uint64_t patience = scale_apply(ns_to_tsc, SYNC_PATIENCE_NS);

    while (atomic_load(counter) < value) {
        if (rdtsc() - start > patience)
            return false;
        cpu_relax();
    }
    return true;
}

bool clock_init_cpu(void)
{
    for (uint32_t round = 1; round <= SYNC_ROUNDS; round++) {
        if (!wait_for(&sync.ping, round))
            return false;
        sync.answer_tsc = rdtsc_ordered();
        atomic_store(&sync.pong, round);
    }
    return wait_for(&sync.verdict, 1);
}

static void set_offset(unsigned cpu, int64_t offset)
{
    tsc_offset[cpu] = offset;
    if (!tscs_differ)
        log_warning("clock: TSCs differ between CPUs: time is kept in step by "
                    "force, which is slower");
    WRITE_ONCE(tscs_differ, true);
}

void clock_sync_begin(void)
{
    sync.ping = sync.pong = 0;
    atomic_store(&sync.verdict, 0);
}

bool clock_sync_cpu(unsigned cpu)
{
    uint64_t tightest = ~0ULL;
    int64_t offset = 0;
    bool in_step = true;

    for (uint32_t round = 1; round <= SYNC_ROUNDS; round++) {
        uint64_t before = rdtsc_ordered(), after, theirs;

        atomic_store(&sync.ping, round);
        if (!wait_for(&sync.pong, round))
            return false;
        after = rdtsc_ordered();
        theirs = sync.answer_tsc;
        in_step &= theirs >= before && theirs <= after;
        if (after - before < tightest) {
            tightest = after - before;
            offset = (int64_t)(before + tightest / 2 - theirs);
        }
    }
    if (!in_step)
        set_offset(cpu, offset);
    atomic_store(&sync.verdict, 1);
    return true;
}
