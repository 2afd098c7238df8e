/* SPDX-License-Identifier: MIT */
/*
 * stamp COUNT: prints the monotonic clock COUNT times, 50 ms apart. The host
 * notes when each line comes; the quickest of them tells the offset best.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct timespec t;

    if (argc != 2)
        return 2;
    for (long i = strtol(argv[1], NULL, 10); i > 0; i--) {
        clock_gettime(CLOCK_MONOTONIC, &t);
        printf("STAMP %lld.%09ld\n", (long long)t.tv_sec, t.tv_nsec);
        fflush(stdout);
        usleep(50000);
    }
    return 0;
}
