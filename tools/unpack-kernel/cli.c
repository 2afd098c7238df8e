/* SPDX-License-Identifier: MIT */
/* Options in, one line of trouble out: see parvis-unpack-kernel(1). */
#include "cli.h"

#include "buffer.h"
#include "input.h"
#include "output.h"
#include "report.h"
#include "unpack.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef PARVIS_VERSION
#define PARVIS_VERSION "unknown"
#endif

#define PROGRAM "parvis-unpack-kernel"

enum {
    MAX_MIB_DEFAULT = 512,
    MAX_MIB_LIMIT = 4095, /* sizes stay below 4 GiB */
};

struct options {
    bool may_lack_notes; /* --any */
    size_t max_bytes;    /* --max-size, of the input and the output */
    const char *in;
    const char *out;
};

static const char usage_text[] =
    "Usage: " PROGRAM " [--any] [--max-size MiB] IN OUT\n"
    "Unpack the Linux bzImage IN into the ELF file OUT that Parvis boots.\n"
    "IN or OUT may be -, the standard input or output.\n"
    "\n"
    "  -a, --any           accept a kernel without Xen PV notes too\n"
    "  -m, --max-size MiB  refuse files larger than this, packed or not\n"
    "                      (1 to 4095, default 512)\n"
    "  -h, --help          show this and exit\n"
    "  -V, --version       show the version and exit\n"
    "\n"
    "Exit status: 0 done, 1 failed (OUT is untouched), 2 usage.\n";

static const struct option long_options[] = {
    {"any", no_argument, NULL, 'a'},
    {"max-size", required_argument, NULL, 'm'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static int usage_error(const char *what, const char *which)
{
    fprintf(stderr, PROGRAM ": %s%s; try " PROGRAM " --help\n", what, which);
    return CLI_USAGE;
}

/* Text for the standard output, which may be a full disk. */
static int show(const char *text)
{
    if (fputs(text, stdout) == EOF || fflush(stdout) == EOF) {
        fprintf(stderr,
                PROGRAM ": standard output: cannot write: %s; check where "
                        "it goes\n",
                strerror(errno));
        return CLI_FAILED;
    }
    return CLI_DONE;
}

/* Digits only, within the limits. */
static bool parse_max_size(const char *text, size_t *max_bytes)
{
    char *end;
    unsigned long mib;

    if (text[0] < '0' || text[0] > '9')
        return false; /* strtoul would take signs and spaces */
    errno = 0;
    mib = strtoul(text, &end, 10);
    if (errno != 0 || *end != '\0' || mib == 0 || mib > MAX_MIB_LIMIT)
        return false;
    *max_bytes = (size_t)mib << 20;
    return true;
}

/* Which option getopt has just refused: it has no letter for a strange one. */
static int bad_option(int found, char **argv)
{
    char letter[3] = {'-', (char)optopt, '\0'};

    return usage_error(found == ':' ? "a value is missing after "
                                    : "there is no such option, or it takes "
                                      "no value: ",
                       optopt == 0 ? argv[optind - 1] : letter);
}

/*
 * Read the options. True to go on; false with *exit_status when there is
 * nothing more to do.
 */
static bool parse(int argc, char **argv, struct options *options,
                  int *exit_status)
{
    int found;

    opterr = 0;
    while ((found = getopt_long(argc, argv, ":am:hV", long_options, NULL)) !=
           -1) {
        switch (found) {
        case 'a':
            options->may_lack_notes = true;
            break;
        case 'm':
            if (!parse_max_size(optarg, &options->max_bytes)) {
                *exit_status = usage_error(
                    "--max-size takes a number from 1 to 4095, not ", optarg);
                return false;
            }
            break;
        case 'h':
            *exit_status = show(usage_text);
            return false;
        case 'V':
            *exit_status = show(PROGRAM " " PARVIS_VERSION "\n");
            return false;
        default:
            *exit_status = bad_option(found, argv);
            return false;
        }
    }
    if (argc - optind != 2) {
        *exit_status = usage_error("it takes two names, IN and OUT", "");
        return false;
    }
    options->in = argv[optind];
    options->out = argv[optind + 1];
    return true;
}

static int fail(const char *path, const char *standard,
                const struct report *why)
{
    fprintf(stderr, PROGRAM ": %s: %s\n",
            strcmp(path, "-") == 0 ? standard : path, why->text);
    return CLI_FAILED;
}

static int run(const struct options *options, struct buffer *in,
               struct buffer *out)
{
    struct report why;

    if (input_read(options->in, in, &why) != 0 ||
        unpack_image(in->data, in->bytes, options->may_lack_notes, out, &why) !=
            0)
        return fail(options->in, "standard input", &why);
    if (output_write(options->out, out->data, out->bytes, &why) != 0)
        return fail(options->out, "standard output", &why);
    return CLI_DONE;
}

int cli_run(int argc, char **argv)
{
    struct options options = {.max_bytes = (size_t)MAX_MIB_DEFAULT << 20};
    struct buffer in, out;
    int status;

    /* A closed pipe or a size limit is an error to report, not an end. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);

    if (!parse(argc, argv, &options, &status))
        return status;

    buffer_init(&in, options.max_bytes);
    buffer_init(&out, options.max_bytes);
    status = run(&options, &in, &out);
    buffer_free(&out);
    buffer_free(&in);
    return status;
}
