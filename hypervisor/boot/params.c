/* SPDX-License-Identifier: MIT */
/*
 * The table of boot parameters, and the walk over a command line by it.
 *
 * Invariant: boot_params holds the defaults, which the table's `initial`
 * spells out (a unit test compares them), until a well-formed parameter says
 * otherwise; of several with one name the last holds.
 * Locking: none; written by the boot CPU before others run, then constant.
 * Not here: the forms of values (param_values.c).
 */
#include "lib/params.h"

#include "boot/param_values.h"
#include "debug/log.h"
#include "lib/string.h"

#define TOKEN_BYTES 160
#define NAME_BYTES  24
#define VCPUS_MAX   256

struct boot_params boot_params = {
    .console_com1 = true,
    .console_vga = true,
    .com1 = {.baud = 115200,
             .data_bits = 8,
             .stop_bits = 1,
             .parity = 'n',
             .port = 0x3f8,
             .irq = 4},
    .loglvl = {3, 3},
    .guest_loglvl = {0, 2},
    .x2apic = true,
    .smep = true,
    .smap = true,
    .umip = true,
};

enum param_type {
    PARAM_BOOL,
    PARAM_UINT,
    PARAM_FORM
};

struct param {
    struct param_text text;
    enum param_type type;
    bool *flag;       /* PARAM_BOOL */
    unsigned *number; /* PARAM_UINT: in [min, max] */
    unsigned min, max;
    bool (*parse)(const char *value, struct boot_params *out); /* PARAM_FORM */
};

#define FORM(name_, parse_, form_, initial_, help_)                   \
    {                                                                 \
        .text = {#name_, form_, initial_, help_}, .type = PARAM_FORM, \
        .parse = (parse_)                                             \
    }
#define FLAG(name_, initial_, help_)                                     \
    {                                                                    \
        .text = {#name_, "on|off", initial_, help_}, .type = PARAM_BOOL, \
        .flag = &boot_params.name_                                       \
    }
#define NUMBER(name_, min_, max_, form_, help_)                     \
    {                                                               \
        .text = {#name_, form_, "", help_}, .type = PARAM_UINT,     \
        .number = &boot_params.name_, .min = (min_), .max = (max_), \
    }

static const struct param params[] = {
    FORM(clocksource, param_clocksource, "tsc|hpet|acpi|pit", "",
         "what the clock is calibrated against; without it, the best there is"),
    FORM(com1, param_com1, "BAUD|auto[,8n1[,IO-BASE[,IRQ]]]",
         "115200,8n1,0x3f8,4",
         "the serial port; auto leaves the speed alone, irq 0 polls"),
    FORM(console, param_console, "com1|vga|none[,...]", "com1,vga",
         "where the hypervisor's messages go"),
    NUMBER(dom0_max_vcpus, 1, VCPUS_MAX, "1..256",
           "virtual CPUs of dom0; without it, one for each CPU"),
    FORM(dom0_mem, param_dom0_mem, "SIZE[,min:SIZE][,max:SIZE]", "",
         "dom0's memory; B K M G T, K if bare; -SIZE is all but that much"),
    FORM(guest_loglvl, param_guest_loglvl, "LEVEL[/LIMITED-LEVEL]",
         "none/warning", "as loglvl, for messages that guests cause"),
    FLAG(help, "off", "list the parameters"),
    FORM(loglvl, param_loglvl, "LEVEL[/LIMITED-LEVEL]", "info",
         "none, error, warning, info, debug or all; up to the second, some"),
    NUMBER(maxcpus, 1, CONFIG_NR_CPUS, "1..NR_CPUS",
           "start no more CPUs than this"),
    FLAG(noreboot, "off", "after a crash halt, do not reboot"),
    FLAG(nosmp, "off", "use one CPU, as maxcpus=1"),
    FORM(reboot, param_reboot, "acpi|pci|kbd|triple|no", "",
         "how to reboot; given, a failed boot reboots too; no is noreboot"),
    FLAG(smap, "on", "use SMAP where present"),
    FLAG(smep, "on", "use SMEP where present"),
    FLAG(umip, "on", "use UMIP where present"),
    FORM(vga, param_vga, "keep|current[,...]", "current",
         "keep: go on writing to the screen when dom0 has it"),
    FLAG(x2apic, "on", "use x2APIC mode where present"),
};

bool params_describe(unsigned idx, struct param_text *out)
{
    if (idx >= ARRAY_COUNT(params))
        return false;
    *out = params[idx].text;
    return true;
}

static INIT_TEXT const struct param *find(const char *name)
{
    for (size_t i = 0; i < ARRAY_COUNT(params); i++)
        if (!strcmp(params[i].text.name, name))
            return &params[i];
    return NULL;
}

/* Letters to insert, remove or replace to make one name the other. */
static INIT_TEXT unsigned edit_distance(const char *a, const char *b)
{
    uint8_t row[NAME_BYTES + 1];
    size_t a_len = strlen(a), b_len = strlen(b);

    if (a_len > NAME_BYTES || b_len > NAME_BYTES)
        return NAME_BYTES;
    for (size_t j = 0; j <= b_len; j++)
        row[j] = (uint8_t)j;
    for (size_t i = 1; i <= a_len; i++) {
        unsigned diagonal = row[0];

        row[0] = (uint8_t)i;
        for (size_t j = 1; j <= b_len; j++) {
            unsigned change = diagonal + (a[i - 1] != b[j - 1]);
            unsigned step = MIN(row[j], row[j - 1]) + 1U;

            diagonal = row[j];
            row[j] = (uint8_t)MIN(change, step);
        }
    }
    return row[b_len];
}

static INIT_TEXT void warn_unknown(const char *name)
{
    const struct param *nearest = &params[0];
    unsigned best = NAME_BYTES;

    for (size_t i = 0; i < ARRAY_COUNT(params); i++) {
        unsigned d = edit_distance(name, params[i].text.name);

        if (d < best) {
            best = d;
            nearest = &params[i];
        }
    }
    if (best <= strlen(nearest->text.name) / 2)
        log_warning("parameter \"%s\" is unknown, ignored: did you mean "
                    "%s=%s?",
                    name, nearest->text.name, nearest->text.form);
    else
        log_warning("parameter \"%s\" is unknown, ignored: \"help\" lists "
                    "those there are",
                    name);
}

static INIT_TEXT bool apply(const struct param *p, const char *value)
{
    switch (p->type) {
    case PARAM_BOOL:
        return param_bool(value, p->flag);
    case PARAM_UINT:
        return param_uint(value, p->min, p->max, p->number);
    case PARAM_FORM:
        return p->parse(value, &boot_params);
    }
    return false;
}

/* `token`: name, name=value or no-name; the '=' is overwritten for a while. */
static INIT_TEXT void parse_token(char *token)
{
    char *value = strchr(token, '=');
    const struct param *p;
    bool is_no, is_ok;

    if (value)
        *value++ = '\0';
    p = find(token);
    is_no = !p && !strncmp(token, "no-", 3);
    if (is_no)
        p = find(token + 3);
    if (!p) {
        warn_unknown(is_no ? token + 3 : token);
        return;
    }
    if (is_no) {
        is_ok = p->type == PARAM_BOOL && !value;
        if (is_ok)
            *p->flag = false;
    } else {
        is_ok = apply(p, value);
    }
    if (!is_ok)
        log_warning("parameter \"%s%s%s\" is malformed, ignored: use %s=%s",
                    token, value ? "=" : "", value ? value : "", p->text.name,
                    p->text.form);
}

static INIT_TEXT bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static INIT_TEXT void print_help(void)
{
    for (size_t i = 0; i < ARRAY_COUNT(params); i++) {
        const struct param_text *t = &params[i].text;

        log_always("%s=%s%s%s: %s", t->name, t->form,
                   t->initial[0] ? ", default " : "", t->initial, t->help);
    }
}

void INIT_TEXT params_parse(const char *cmdline)
{
    char token[TOKEN_BYTES];

    for (;;) {
        size_t n = 0;

        while (is_space(*cmdline))
            cmdline++;
        if (!*cmdline)
            break;
        while (cmdline[n] && !is_space(cmdline[n]))
            n++;
        memcpy(token, cmdline, MIN(n, TOKEN_BYTES - 1));
        token[MIN(n, TOKEN_BYTES - 1)] = '\0';
        cmdline += n;
        if (n < TOKEN_BYTES)
            parse_token(token);
        else
            log_warning("parameter \"%.40s...\" is too long, ignored", token);
    }
    if (boot_params.nosmp)
        boot_params.maxcpus = 1;
    if (boot_params.help)
        print_help();
}
