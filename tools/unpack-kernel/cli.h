/* SPDX-License-Identifier: MIT */
/* The command line: parvis-unpack-kernel(1) specifies it. */
#pragma once

enum cli_exit {
    CLI_DONE = 0,
    CLI_FAILED = 1,
    CLI_USAGE = 2,
};

/*
 * All of the program but the name `main`, so that tests can run it in a
 * child process. Returns an enum cli_exit, after saying on the standard
 * error why it is not 0. Uses getopt: once per process.
 */
int cli_run(int argc, char **argv);
