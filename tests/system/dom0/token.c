/* SPDX-License-Identifier: MIT */
/*
 * token SECONDS: one thread on each CPU. They pass a token round that holds
 * the time when it was sent, by the kernel's clock and by the TSC; whoever
 * gets it must not read less.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MAX 64

static struct {
    _Alignas(64) _Atomic unsigned turn; /* whose token it is */
    uint64_t clock_ns, tsc;             /* when it was passed on */
} token;
static unsigned thread_count;
static uint64_t end_ns;
static _Atomic unsigned failures;
static _Atomic uint64_t passes;

static uint64_t clock_now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t tsc_now(void)
{
    uint32_t low, high;

    /* The fence keeps the read behind the token's. */
    __asm__ volatile("lfence; rdtsc; lfence" : "=a"(low), "=d"(high)::"memory");
    return (uint64_t)high << 32 | low;
}

static void *pass_on(void *arg)
{
    unsigned me = (unsigned)(uintptr_t)arg;
    cpu_set_t cpu;

    CPU_ZERO(&cpu);
    CPU_SET(me, &cpu);
    if (pthread_setaffinity_np(pthread_self(), sizeof(cpu), &cpu) != 0)
        failures++;
    for (;;) {
        uint64_t ns, tsc;

        while (atomic_load(&token.turn) != me) {
            if (clock_now_ns() > end_ns + 1000000000u)
                return NULL;
            sched_yield();
        }
        ns = clock_now_ns();
        tsc = tsc_now();
        if (ns < token.clock_ns) {
            printf("CPU %u: the clock went back by %lu ns\n", me,
                   (unsigned long)(token.clock_ns - ns));
            failures++;
        }
        if (tsc < token.tsc) {
            printf("CPU %u: the TSC went back by %lu\n", me,
                   (unsigned long)(token.tsc - tsc));
            failures++;
        }
        if (ns > end_ns || failures > 10)
            return NULL;
        token.clock_ns = clock_now_ns();
        token.tsc = tsc_now();
        passes++;
        atomic_store(&token.turn, (me + 1) % thread_count);
    }
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS_MAX];
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);

    if (argc != 2)
        return 2;
    thread_count = cpus > THREADS_MAX ? THREADS_MAX : (unsigned)cpus;
    end_ns = clock_now_ns() + strtoul(argv[1], NULL, 10) * 1000000000u;
    for (unsigned i = 0; i < thread_count; i++)
        if (pthread_create(&threads[i], NULL, pass_on, (void *)(uintptr_t)i) !=
            0)
            return 2;
    for (unsigned i = 0; i < thread_count; i++)
        pthread_join(threads[i], NULL);
    printf("NOTE token: %lu passes between %u CPUs\n", (unsigned long)passes,
           thread_count);
    if (passes < 100) {
        printf("only %lu passes\n", (unsigned long)passes);
        return 1;
    }
    return failures != 0;
}
