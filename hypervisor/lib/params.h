/* SPDX-License-Identifier: MIT */
/*
 * Boot parameters: one table (name, type, range, help) in boot/params.c. Names are
 * Xen's where they exist. An unknown or malformed one is a warning with the
 * nearest name, and boot goes on with the default.
 */
#pragma once

#include "lib/types.h"

/* The messages shown: below `lower` all, below `upper` at a limited rate. */
struct param_loglvl {
    uint8_t lower, upper; /* enum log_level + 1; 0: none */
};

struct param_serial {
    uint32_t baud; /* 0: as the firmware set it */
    uint8_t data_bits, stop_bits;
    char parity;   /* n o e m s */
    uint16_t port; /* first I/O port */
    uint8_t irq;   /* ISA line, 0: polled */
};

enum param_clocksource {
    CLOCKSOURCE_AUTO,
    CLOCKSOURCE_TSC,
    CLOCKSOURCE_HPET,
    CLOCKSOURCE_ACPI,
    CLOCKSOURCE_PIT,
};

struct boot_params {
    /* dom0_mem: bytes; 0 means not given. max: limit for ballooning up. */
    uint64_t dom0_mem, dom0_mem_min, dom0_mem_max;
    /* The amount was written with a minus: all memory less so many bytes. */
    bool dom0_mem_is_less, dom0_mem_min_is_less, dom0_mem_max_is_less;
    unsigned dom0_max_vcpus; /* 0: as many as CPUs */
    unsigned maxcpus;        /* 0: all; nosmp makes it 1 */
    bool nosmp;
    bool noreboot;      /* halt where a crash would reboot */
    bool reboot_asked;  /* reboot= given: boot_fail() reboots, not halts */
    char reboot_method; /* 'a' ACPI, 'p' port CF9, 'k' keyboard controller,
                           't' triple fault; 0: whichever works */
    bool console_com1, console_vga;
    struct param_serial com1;
    bool vga_keep; /* go on drawing when dom0 has the screen */
    struct param_loglvl loglvl, guest_loglvl;
    enum param_clocksource clocksource;
    bool x2apic, smep, smap, umip; /* use where present */
    bool help;                     /* list the parameters */
};

extern struct boot_params boot_params;

/* Parse a command line into boot_params; warnings go to the log. */
void params_parse(const char *cmdline);

/* An amount of boot_params.dom0_mem* in bytes, `total` being all there is. */
static inline uint64_t params_amount(uint64_t bytes, bool is_less,
                                     uint64_t total)
{
    if (!is_less)
        return bytes;
    return bytes < total ? total - bytes : 0;
}

/* One row of the table, as text. */
struct param_text {
    const char *name;
    const char *form;    /* what is accepted behind name= */
    const char *initial; /* the default, in the same form; "": none */
    const char *help;
};

/* Row `idx` of the table; false: there are fewer. */
bool params_describe(unsigned idx, struct param_text *out);
