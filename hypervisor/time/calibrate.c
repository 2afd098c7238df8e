/* SPDX-License-Identifier: MIT */
/*
 * How fast the TSC runs: what CPUID says where it says so exactly, else the
 * TSC's advance over a window of a reference counter.
 *
 * Each end of the window is a read of the counter between two reads of the
 * TSC, repeated, and the tightest kept: an interruption by firmware or by the
 * machine below us widens a bracket and so loses. A counter of few megahertz
 * is read at the moment it changes. What the brackets leave open is used to
 * prefer a round figure, within 10 ppm.
 */
#include "time/calibrate.h"

#include "cpu/features.h"
#include "cpu/insn.h"
#include "lib/params.h"
#include "platform/apic.h"
#include "time/reference.h"
#include "time/scale.h"

#define TRIES 12
/* Counters slower than this are sampled at their edges. */
#define EDGE_HZ 10000000
/* Edges that don't come within so many reads are given up. */
#define EDGE_READS 4000
#define ROUND_PPM  10
#define MHZ        1000000ULL
/* Plausible frequencies of a TSC. */
#define TSC_HZ_MIN (100 * MHZ)
#define TSC_HZ_MAX (20000 * MHZ)
/* For the APIC timer when the TSC needs no window: in TSC ticks. */
#define APIC_WINDOW_DIVISOR 500

struct sample {
    uint64_t tsc, value, width; /* TSC amid the bracket; bracket's width */
};

static uint64_t counter_hz(const struct reference *r)
{
    return scale_muldiv(1, r->rate_num, r->rate_den);
}

static void keep_tightest(struct sample *best, uint64_t before, uint64_t after,
                          uint64_t value)
{
    if (after - before < best->width)
        *best = (struct sample){before + (after - before) / 2, value,
                                after - before};
}

/* One bracket around a change of the counter. */
static void sample_edge(const struct reference *r, struct sample *best)
{
    uint64_t before = rdtsc_ordered(), first = r->read();

    for (unsigned i = 0; i < EDGE_READS; i++) {
        uint64_t start = rdtsc_ordered(), value = r->read();
        uint64_t after = rdtsc_ordered();

        if (value != first) {
            keep_tightest(best, before, after, value);
            return;
        }
        before = start;
    }
}

static struct sample sample_reference(const struct reference *r)
{
    struct sample best = {0, 0, ~0ULL};

    for (unsigned i = 0; i < TRIES; i++) {
        if (counter_hz(r) < EDGE_HZ) {
            sample_edge(r, &best);
        } else {
            uint64_t before = rdtsc_ordered(), value = r->read();

            keep_tightest(&best, before, rdtsc_ordered(), value);
        }
    }
    return best;
}

static struct sample sample_apic(void)
{
    struct sample best = {0, 0, ~0ULL};

    for (unsigned i = 0; i < TRIES; i++) {
        uint64_t before = rdtsc_ordered();
        uint32_t value = apic_timer_elapsed();

        keep_tightest(&best, before, rdtsc_ordered(), value);
    }
    return best;
}

/*
 * `hz` or a rounder figure that the brackets and a counter's tick, as long as
 * `tick` of the TSC, allow as well.
 */
static uint64_t round_off(uint64_t hz, const struct sample *a,
                          const struct sample *b, uint64_t tick)
{
    uint64_t slack =
        scale_muldiv(hz, (a->width + b->width) / 2 + tick + 1, b->tsc - a->tsc);
    uint64_t limit = hz / MHZ * ROUND_PPM;

    return scale_roundest(hz, slack < limit ? slack : limit);
}

/* The TSC's frequency, and the APIC timer's over the same window. */
static bool measure(const struct reference *r, struct calibration *out)
{
    uint64_t wait = scale_muldiv(r->window_ms, r->rate_num, r->rate_den * 1000);
    struct sample start, end, apic_start = {0}, apic_end = {0};
    uint64_t ticks, hz;

    start = sample_reference(r);
    if (apic_timer_needs_rate())
        apic_start = sample_apic();
    while (((r->read() - start.value) & r->mask) < wait)
        cpu_relax();
    if (apic_timer_needs_rate())
        apic_end = sample_apic();
    end = sample_reference(r);
    ticks = (end.value - start.value) & r->mask;
    if (!ticks || start.width == ~0ULL || end.width == ~0ULL)
        return false;
    hz = scale_muldiv(end.tsc - start.tsc, r->rate_num, ticks * r->rate_den);
    if (hz < TSC_HZ_MIN || hz > TSC_HZ_MAX)
        return false;
    out->tsc_hz = round_off(hz, &start, &end, (end.tsc - start.tsc) / ticks);
    out->source = r->name;
    if (apic_timer_needs_rate()) {
        hz = scale_muldiv(apic_end.value - apic_start.value, out->tsc_hz,
                          apic_end.tsc - apic_start.tsc);
        out->apic_hz = round_off(hz, &apic_start, &apic_end, 1);
    }
    return true;
}

/* The APIC timer alone, against a TSC of known frequency. */
static void measure_apic(struct calibration *out)
{
    struct sample start, end;
    uint64_t hz;

    if (!apic_timer_needs_rate())
        return;
    start = sample_apic();
    while (rdtsc() - start.tsc < out->tsc_hz / APIC_WINDOW_DIVISOR)
        cpu_relax();
    end = sample_apic();
    hz =
        scale_muldiv(end.value - start.value, out->tsc_hz, end.tsc - start.tsc);
    out->apic_hz = round_off(hz, &start, &end, 1);
}

static bool accept(struct calibration *out, const char *source, uint64_t hz)
{
    if (hz < TSC_HZ_MIN || hz > TSC_HZ_MAX)
        return false;
    out->source = source;
    out->tsc_hz = hz;
    measure_apic(out);
    return true;
}

/* Leaf 0x15 with its crystal, or a hypervisor's timing leaf. */
static bool use_cpuid(struct calibration *out)
{
    struct cpuid_leaf leaf;

    if (cpuid(0, 0).a >= 0x15) {
        leaf = cpuid(0x15, 0);
        if (leaf.a && leaf.b && leaf.c &&
            accept(out, "CPUID leaf 0x15",
                   scale_muldiv(leaf.c, leaf.b, leaf.a)))
            return true;
    }
    if (cpu_features.hypervisor) {
        leaf = cpuid(0x40000000, 0);
        if (leaf.a >= 0x40000010 && leaf.a < 0x40010000)
            return accept(out, "CPUID leaf 0x40000010",
                          cpuid(0x40000010, 0).a * 1000ULL);
    }
    return false;
}

/* The nominal frequency: a last resort, it may be off by a per mille. */
static bool use_nominal(struct calibration *out)
{
    if (cpuid(0, 0).a < 0x16)
        return false;
    return accept(out, "CPUID leaf 0x16", (cpuid(0x16, 0).a & 0xffff) * MHZ);
}

static bool use_reference(bool (*open)(struct reference *),
                          struct calibration *out)
{
    struct reference r;
    bool ok;

    if (!open(&r))
        return false;
    ok = measure(&r, out);
    if (r.stop)
        r.stop();
    return ok;
}

static bool use_source(enum param_clocksource source, struct calibration *out)
{
    switch (source) {
    case CLOCKSOURCE_TSC:
        return use_cpuid(out);
    case CLOCKSOURCE_HPET:
        return use_reference(reference_open_hpet, out);
    case CLOCKSOURCE_ACPI:
        return use_reference(reference_open_pmtimer, out);
    case CLOCKSOURCE_PIT:
        return use_reference(reference_open_pit, out);
    default:
        return false;
    }
}

bool calibrate_run(struct calibration *out)
{
    static const enum param_clocksource order[] = {
        CLOCKSOURCE_TSC, CLOCKSOURCE_HPET, CLOCKSOURCE_ACPI, CLOCKSOURCE_PIT};
    bool ok;

    *out = (struct calibration){0};
    if (apic_timer_needs_rate())
        apic_timer_start_free();
    ok = use_source(boot_params.clocksource, out);
    for (unsigned i = 0; i < ARRAY_COUNT(order) && !ok; i++)
        ok = use_source(order[i], out);
    if (!ok)
        ok = use_nominal(out);
    apic_timer_set_rate(out->apic_hz);
    return ok;
}
