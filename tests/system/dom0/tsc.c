/* SPDX-License-Identifier: MIT */
/*
 * tsc PPM: counts TSC ticks over a second of the kernel's clock, several
 * times. All runs must agree to PPM parts in a million; under -icount, where
 * a tick is a nanosecond, with a nanosecond too. Without PPM it only reports.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define RUNS     5
#define RUN_NS   300000000
#define NS_PER_S 1000000000

static uint64_t tsc_now(void)
{
    uint32_t low, high;

    __asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high)::"memory");
    return (uint64_t)high << 32 | low;
}

static int64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC_RAW, &t);
    return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

/* Clock and TSC at one moment: the tightest bracket of some tries. */
static void sample(int64_t *ns, uint64_t *tsc)
{
    uint64_t best = UINT64_MAX;

    for (int i = 0; i < 50; i++) {
        uint64_t before = tsc_now();
        int64_t at = now_ns();
        uint64_t after = tsc_now();

        if (after - before < best) {
            best = after - before;
            *ns = at;
            *tsc = before + best / 2;
        }
    }
}

int main(int argc, char **argv)
{
    double limit = argc == 2 ? strtod(argv[1], NULL) : 0;
    double low = 0, high = 0;

    for (int i = 0; i < RUNS; i++) {
        int64_t ns0, ns1;
        uint64_t tsc0, tsc1;
        double rate;

        sample(&ns0, &tsc0);
        while (now_ns() - ns0 < RUN_NS)
            ;
        sample(&ns1, &tsc1);
        rate = (double)(tsc1 - tsc0) / (double)(ns1 - ns0);
        low = i == 0 || rate < low ? rate : low;
        high = i == 0 || rate > high ? rate : high;
    }
    printf("NOTE tsc: %.9f to %.9f ticks a nanosecond\n", low, high);
    if (limit > 0) {
        double off = (high - 1 > 1 - low ? high - 1 : 1 - low) * 1e6;

        printf("TEST clock is exact: %s %.3f ppm from a tick a nanosecond\n",
               off <= limit ? "pass" : "fail", off);
    }
    return 0;
}
