/* SPDX-License-Identifier: MIT */
/* What the tests of parvis-unpack-kernel have in common. */
#pragma once

/* cmocka.h needs these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/types.h>

/* Each file's tests; the number of failures. */
int bzimage_tests(void);
int payload_tests(void);
int decode_tests(void);
int kernel_elf_tests(void);
int unpack_tests(void);
int hostile_tests(void);
int output_tests(void);
int cli_tests(void);

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Fail with both texts when `text` does not contain `part`. */
#define assert_contains(text, part) \
    suite_assert_contains((text), (part), __FILE__, __LINE__)

void suite_assert_contains(const char *text, const char *part, const char *file,
                           int line);

/*
 * fork, for a child that ends by exit: what is buffered for output is written
 * before, lest the child do it again. exit, rather than _exit, has the child
 * checked for leaks.
 */
pid_t suite_fork(void);
