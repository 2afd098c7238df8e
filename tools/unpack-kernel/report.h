/* SPDX-License-Identifier: MIT */
/*
 * Why something failed, in words for a person.
 *
 * Every function here that can fail returns a negative errno and leaves one
 * line in a report: "what failed: why; what to try", without the name of the
 * program or of the file, which only the caller knows.
 */
#pragma once

#define MUST_CHECK __attribute__((warn_unused_result))

struct report {
    char text[384]; /* one line, no newline; cut short when too long */
};

/*
 * Write the line and return -error, so that a failure is one statement:
 * `return report_fail(why, EINVAL, "cannot ...: ...; try ...");`
 */
MUST_CHECK int report_fail(struct report *report, int error, const char *format,
                           ...) __attribute__((format(printf, 3, 4)));
