/* SPDX-License-Identifier: MIT */
/* Runs all tests of parvis-unpack-kernel; exit status 0 if none failed. */
#include "suite.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

void suite_assert_contains(const char *text, const char *part, const char *file,
                           int line)
{
    if (strstr(text, part) != NULL)
        return;
    print_error("\"%s\" is not in \"%s\"\n", part, text);
    _fail(file, line);
}

pid_t suite_fork(void)
{
    pid_t child;

    fflush(NULL);
    child = fork();
    assert_true(child >= 0);
    return child;
}

int main(void)
{
    /*
     * Those with children first: a child is checked for leaks, and what a
     * test that failed left behind would fail it as well.
     */
    int failed = cli_tests() + output_tests() + bzimage_tests() +
                 payload_tests() + decode_tests() + kernel_elf_tests() +
                 unpack_tests() + hostile_tests();

    return failed == 0 ? 0 : 1;
}
