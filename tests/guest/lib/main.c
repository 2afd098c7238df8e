/* SPDX-License-Identifier: MIT */
/*
 * From the first instruction to the tests. A part that cannot be set up
 * prints a NOTE and the tests run all the same: a hypervisor that is not
 * finished passes those that need less.
 */
#include "guest.h"

void guest_main(struct start_info *si) NORETURN;

__attribute__((weak)) void family_init(void)
{
}

void guest_main(struct start_info *si)
{
    char line[MAX_GUEST_CMDLINE];

    memcpy(line, si->cmd_line, sizeof(line));
    line[sizeof(line) - 1] = '\0';
    if (!strstr(line, "bare")) {
        mem_init(si);
        trap_init();
        event_reset();
        family_init();
    } else {
        mem_start_info = si;
    }
    test_run_all(line);
    test_result("error", "unreachable");
}
