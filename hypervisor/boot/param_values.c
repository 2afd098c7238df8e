/* SPDX-License-Identifier: MIT */
/*
 * The forms of parameters' values: pure functions of text, which unit tests
 * run on the host.
 *
 * Invariant: a value that is not accepted leaves *out as it was; so each
 * parser fills a copy of what it sets and stores it at its end.
 * Not here: which parameters there are (params.c).
 */
#include "boot/param_values.h"

#include "lib/string.h"

static INIT_TEXT int digit_value(char c, unsigned base)
{
    int v = -1;

    if (c >= '0' && c <= '9')
        v = c - '0';
    else if (c >= 'a' && c <= 'f')
        v = c - 'a' + 10;
    else if (c >= 'A' && c <= 'F')
        v = c - 'A' + 10;
    return v < (int)base ? v : -1;
}

INIT_TEXT bool param_take_number(const char **s, uint64_t *out)
{
    const char *p = *s;
    unsigned base = 10;
    uint64_t value = 0;

    if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
        base = 16;
        p += 2;
    }
    if (digit_value(*p, base) < 0)
        return false;
    for (int digit; (digit = digit_value(*p, base)) >= 0; p++)
        if (__builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, (unsigned)digit, &value))
            return false;
    *s = p;
    *out = value;
    return true;
}

/* How far a unit shifts, or -1 when `c` is none. */
static INIT_TEXT int unit_shift(char c)
{
    static const char units[] = "bkmgtBKMGT";
    const char *unit = c ? strchr(units, c) : NULL;

    return unit ? (int)((unit - units) % 5) * 10 : -1;
}

INIT_TEXT bool param_take_size(const char **s, uint64_t *bytes)
{
    const char *p = *s;
    uint64_t value;
    int shift;

    if (!param_take_number(&p, &value))
        return false;
    shift = unit_shift(*p);
    if (shift >= 0)
        p++;
    else
        shift = 10;
    if (value > UINT64_MAX >> shift)
        return false;
    *s = p;
    *bytes = value << shift;
    return true;
}

/* If `word` and then a comma or the end stand at *s, move past both. */
static INIT_TEXT bool take_word(const char **s, const char *word)
{
    size_t n = strlen(word);

    if (strncmp(*s, word, n) || ((*s)[n] && (*s)[n] != ','))
        return false;
    *s += n + ((*s)[n] == ',');
    return true;
}

INIT_TEXT bool param_bool(const char *value, bool *out)
{
    static const char *const words[2][5] = {
        {"0", "off", "no", "false", "disable"},
        {"1", "on", "yes", "true", "enable"},
    };

    if (!value) {
        *out = true;
        return true;
    }
    for (unsigned i = 0; i < 10; i++) {
        if (strcmp(value, words[i / 5][i % 5]))
            continue;
        *out = i / 5;
        return true;
    }
    return false;
}

INIT_TEXT bool param_uint(const char *value, unsigned min, unsigned max,
                          unsigned *out)
{
    uint64_t v;

    if (!value || !param_take_number(&value, &v) || *value || v < min ||
        v > max)
        return false;
    *out = (unsigned)v;
    return true;
}

INIT_TEXT bool param_console(const char *value, struct boot_params *out)
{
    bool com1 = false, vga = false;

    if (!value || !*value)
        return false;
    while (*value) {
        if (take_word(&value, "com1"))
            com1 = true;
        else if (take_word(&value, "vga"))
            vga = true;
        else if (!take_word(&value, "none"))
            return false;
    }
    out->console_com1 = com1;
    out->console_vga = vga;
    return true;
}

/* "8n1": data bits, parity, stop bits. */
static INIT_TEXT bool take_frame(const char **s, struct param_serial *serial)
{
    const char *p = *s;

    if (p[0] < '5' || p[0] > '8' || !p[1] || !strchr("noems", p[1]) ||
        (p[2] != '1' && p[2] != '2'))
        return false;
    serial->data_bits = (uint8_t)(p[0] - '0');
    serial->parity = p[1];
    serial->stop_bits = (uint8_t)(p[2] - '0');
    *s = p + 3;
    return true;
}

/* Past the comma before the next field; false: the text ends here. */
static INIT_TEXT bool next_field(const char **s)
{
    if (**s != ',')
        return false;
    ++*s;
    return true;
}

static INIT_TEXT bool field_is_empty(const char *s)
{
    return !*s || *s == ',';
}

static INIT_TEXT bool take_in_range(const char **s, uint64_t min, uint64_t max,
                                    uint64_t *v)
{
    return param_take_number(s, v) && *v >= min && *v <= max;
}

/* An empty field leaves what it would set. */
INIT_TEXT bool param_com1(const char *value, struct boot_params *out)
{
    struct param_serial serial = out->com1;
    const char *s = value;
    uint64_t v;

    if (!s || !*s)
        return false;
    if (!strncmp(s, "auto", 4)) {
        serial.baud = 0;
        s += 4;
    } else if (!field_is_empty(s)) {
        if (!take_in_range(&s, 50, 115200, &v))
            return false;
        serial.baud = (uint32_t)v;
    }
    if (next_field(&s) && !field_is_empty(s) && !take_frame(&s, &serial))
        return false;
    if (next_field(&s) && !field_is_empty(s)) {
        if (!take_in_range(&s, 0x100, 0xfff8, &v))
            return false;
        serial.port = (uint16_t)v;
    }
    if (next_field(&s) && !field_is_empty(s)) {
        /* Line 2 is the cascade of the PICs and reaches nobody. */
        if (!take_in_range(&s, 0, 15, &v) || v == 2)
            return false;
        serial.irq = (uint8_t)v;
    }
    if (*s)
        return false;
    out->com1 = serial;
    return true;
}

INIT_TEXT bool param_vga(const char *value, struct boot_params *out)
{
    bool keep = false;

    if (!value || !*value)
        return false;
    while (*value) {
        if (take_word(&value, "keep"))
            keep = true;
        else if (!take_word(&value, "current"))
            return false;
    }
    out->vga_keep = keep;
    return true;
}

static INIT_TEXT bool take_level(const char **s, uint8_t *level)
{
    static const struct {
        const char *word;
        uint8_t level;
    } levels[] = {
        {"none", 0}, {"error", 1}, {"warning", 2},
        {"info", 3}, {"debug", 4}, {"all", 4},
    };

    for (size_t i = 0; i < ARRAY_COUNT(levels); i++) {
        size_t n = strlen(levels[i].word);

        if (strncmp(*s, levels[i].word, n))
            continue;
        *level = levels[i].level;
        *s += n;
        return true;
    }
    return false;
}

static INIT_TEXT bool parse_loglvl(const char *s, struct param_loglvl *out)
{
    struct param_loglvl l;

    if (!s || !take_level(&s, &l.lower))
        return false;
    l.upper = l.lower;
    if (*s == '/') {
        s++;
        if (!take_level(&s, &l.upper))
            return false;
    }
    if (*s || l.upper < l.lower)
        return false;
    *out = l;
    return true;
}

INIT_TEXT bool param_loglvl(const char *value, struct boot_params *out)
{
    return parse_loglvl(value, &out->loglvl);
}

INIT_TEXT bool param_guest_loglvl(const char *value, struct boot_params *out)
{
    return parse_loglvl(value, &out->guest_loglvl);
}

struct amount {
    uint64_t bytes;
    bool is_less;
};

/* [min:|max:][-]SIZE into the one of `amounts` (as it is, min, max). */
static INIT_TEXT bool take_amount(const char **s, struct amount amounts[3])
{
    static const char prefixes[3][5] = {"", "min:", "max:"};
    unsigned which = !strncmp(*s, prefixes[1], 4)   ? 1
                     : !strncmp(*s, prefixes[2], 4) ? 2
                                                    : 0;
    struct amount a = {0, false};

    *s += strlen(prefixes[which]);
    if (**s == '-') {
        a.is_less = true;
        ++*s;
    }
    if (!param_take_size(s, &a.bytes) || !a.bytes)
        return false;
    amounts[which] = a;
    return true;
}

INIT_TEXT bool param_dom0_mem(const char *value, struct boot_params *out)
{
    struct amount amounts[3] = {{0, false}, {0, false}, {0, false}};

    if (!value)
        return false;
    do {
        if (!take_amount(&value, amounts))
            return false;
    } while (next_field(&value));
    if (*value)
        return false;
    out->dom0_mem = amounts[0].bytes;
    out->dom0_mem_is_less = amounts[0].is_less;
    out->dom0_mem_min = amounts[1].bytes;
    out->dom0_mem_min_is_less = amounts[1].is_less;
    out->dom0_mem_max = amounts[2].bytes;
    out->dom0_mem_max_is_less = amounts[2].is_less;
    return true;
}

INIT_TEXT bool param_reboot(const char *value, struct boot_params *out)
{
    static const char *const words[] = {"acpi", "pci", "kbd", "triple"};

    if (!value)
        return false;
    if (!strcmp(value, "no") || !strcmp(value, "n")) {
        out->noreboot = true;
        out->reboot_asked = false;
        return true;
    }
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        bool is_letter = value[0] == words[i][0] && !value[1];

        if (!is_letter && strcmp(value, words[i]))
            continue;
        out->reboot_asked = true;
        out->reboot_method = words[i][0];
        return true;
    }
    return false;
}

INIT_TEXT bool param_clocksource(const char *value, struct boot_params *out)
{
    static const struct {
        const char *word;
        enum param_clocksource source;
    } sources[] = {
        {"tsc", CLOCKSOURCE_TSC},
        {"hpet", CLOCKSOURCE_HPET},
        {"acpi", CLOCKSOURCE_ACPI},
        {"pit", CLOCKSOURCE_PIT},
    };

    for (size_t i = 0; value && i < ARRAY_COUNT(sources); i++) {
        if (strcmp(value, sources[i].word))
            continue;
        out->clocksource = sources[i].source;
        return true;
    }
    return false;
}
