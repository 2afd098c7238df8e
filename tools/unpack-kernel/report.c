/* SPDX-License-Identifier: MIT */
/* The one place that formats a failure: see report.h. */
#include "report.h"

#include <stdarg.h>
#include <stdio.h>

int report_fail(struct report *report, int error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(report->text, sizeof(report->text), format, args);
    va_end(args);

    return -error;
}
