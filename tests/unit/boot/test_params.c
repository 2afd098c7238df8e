/* SPDX-License-Identifier: MIT */
/*
 * boot/params.c: every form of every parameter, and what malformed and unknown
 * ones leave behind. With the argument --table it prints the table of
 * parameters as Markdown, for the README.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "boot/param_values.h"
#include "debug/log.h"
#include "lib/params.h"

static struct boot_params defaults;
static char last_warning[512];
static unsigned warning_count, line_count;

void log_print(enum log_level level, const char *fmt, ...)
{
    va_list ap;

    assert_int_equal(level, LOG_WARNING);
    va_start(ap, fmt);
    vsnprintf(last_warning, sizeof(last_warning), fmt, ap);
    va_end(ap);
    warning_count++;
}

void log_always(const char *fmt, ...)
{
    (void)fmt;
    line_count++;
}

static void parse(const char *cmdline)
{
    /* From the heap, so that a read past the end is seen. */
    char *copy = strdup(cmdline);

    boot_params = defaults;
    warning_count = line_count = 0;
    last_warning[0] = '\0';
    params_parse(copy);
    free(copy);
}

static void parse_ok(const char *cmdline)
{
    parse(cmdline);
    if (warning_count)
        fail_msg("\"%s\": %s", cmdline, last_warning);
}

/* One warning, which has `part` in it, and nothing is changed. */
static void parse_bad(const char *cmdline, const char *part)
{
    parse(cmdline);
    if (warning_count != 1 || !strstr(last_warning, part))
        fail_msg("\"%s\": %u warnings, %s", cmdline, warning_count,
                 last_warning);
    if (memcmp(&boot_params, &defaults, sizeof(defaults)))
        fail_msg("\"%s\" changed something", cmdline);
}

static void test_empty(void **state UNUSED)
{
    parse_ok("");
    parse_ok(" \t\n ");
    assert_memory_equal(&boot_params, &defaults, sizeof(defaults));
}

/* The table's defaults, given as parameters, change nothing. */
static void test_table(void **state UNUSED)
{
    struct param_text t, previous = {.name = ""};
    char token[160];
    unsigned count = 0;

    for (; params_describe(count, &t); count++) {
        assert_true(strcmp(previous.name, t.name) < 0);
        assert_true(t.form[0] && t.help[0] && strlen(t.name) <= 20);
        previous = t;
        if (!t.initial[0])
            continue;
        snprintf(token, sizeof(token), "%s=%s", t.name, t.initial);
        parse_ok(token);
        assert_memory_equal(&boot_params, &defaults, sizeof(defaults));
    }
    parse_ok("help");
    assert_int_equal(line_count, count);
}

static void test_bool(void **state UNUSED)
{
    static const char *const on[] = {"noreboot",
                                     "noreboot=on",
                                     "noreboot=1",
                                     "noreboot=true",
                                     "noreboot=yes",
                                     "noreboot=enable",
                                     "noreboot=off noreboot"};
    static const char *const off[] = {
        "noreboot noreboot=off",     "noreboot noreboot=0",
        "noreboot noreboot=false",   "noreboot noreboot=no",
        "noreboot noreboot=disable", "noreboot no-noreboot"};

    for (size_t i = 0; i < ARRAY_COUNT(on); i++) {
        parse_ok(on[i]);
        assert_true(boot_params.noreboot);
    }
    for (size_t i = 0; i < ARRAY_COUNT(off); i++) {
        parse_ok(off[i]);
        assert_false(boot_params.noreboot);
    }
    parse_ok("no-x2apic smep=off no-smap umip=false");
    assert_false(boot_params.x2apic || boot_params.smep || boot_params.smap ||
                 boot_params.umip);
    parse_bad("noreboot=maybe", "use noreboot=on|off");
    parse_bad("noreboot=", "malformed");
    parse_bad("no-x2apic=on", "use x2apic=");
    parse_bad("no-console", "use console=");
}

static void test_numbers(void **state UNUSED)
{
    parse_ok("maxcpus=4 dom0_max_vcpus=0x10");
    assert_int_equal(boot_params.maxcpus, 4);
    assert_int_equal(boot_params.dom0_max_vcpus, 16);
    parse_ok("nosmp maxcpus=4");
    assert_int_equal(boot_params.maxcpus, 1);
    parse_bad("maxcpus=0", "use maxcpus=");
    parse_bad("maxcpus=257", "malformed");
    parse_bad("maxcpus=18446744073709551617", "malformed");
    parse_bad("maxcpus=4x", "malformed");
    parse_bad("maxcpus=-1", "malformed");
    parse_bad("maxcpus=0x", "malformed");
    parse_bad("maxcpus", "malformed");
    parse_bad("dom0_max_vcpus=9999", "malformed");
}

static void test_sizes(void **state UNUSED)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } good[] = {
        {"1", 1024},         {"7b", 7},
        {"8K", 8192},        {"512M", 512 << 20},
        {"2g", 2UL << 30},   {"1T", 1UL << 40},
        {"0x10m", 16 << 20}, {"18014398509481983K", (UINT64_MAX >> 10) << 10},
    };
    static const char *const bad[] = {
        "",         "M", "-1M", "18446744073709551616", "18014398509481984K",
        "16777216T"};
    uint64_t bytes;

    for (size_t i = 0; i < ARRAY_COUNT(good); i++) {
        const char *s = good[i].text;

        assert_true(param_take_size(&s, &bytes));
        assert_int_equal(bytes, good[i].bytes);
        assert_int_equal(*s, '\0');
    }
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        const char *s = bad[i];

        assert_false(param_take_size(&s, &bytes));
        assert_ptr_equal(s, bad[i]);
    }
}

static void test_dom0_mem(void **state UNUSED)
{
    parse_ok("dom0_mem=512M");
    assert_int_equal(boot_params.dom0_mem, 512UL << 20);
    assert_int_equal(boot_params.dom0_mem_max, 0);
    parse_ok("dom0_mem=-256M,min:128M,max:-1G");
    assert_int_equal(boot_params.dom0_mem, 256UL << 20);
    assert_true(boot_params.dom0_mem_is_less);
    assert_int_equal(boot_params.dom0_mem_min, 128UL << 20);
    assert_false(boot_params.dom0_mem_min_is_less);
    assert_int_equal(boot_params.dom0_mem_max, 1UL << 30);
    assert_true(boot_params.dom0_mem_max_is_less);
    parse_ok("dom0_mem=max:2G dom0_mem=min:1G");
    assert_int_equal(boot_params.dom0_mem_max, 0);
    parse_bad("dom0_mem=abc", "use dom0_mem=SIZE");
    parse_bad("dom0_mem", "malformed");
    parse_bad("dom0_mem=", "malformed");
    parse_bad("dom0_mem=0", "malformed");
    parse_bad("dom0_mem=512M,", "malformed");
    parse_bad("dom0_mem=512MB", "malformed");
    parse_bad("dom0_mem=512M,max:", "malformed");
    parse_bad("dom0_mem=512M;max:1G", "malformed");
    assert_int_equal(params_amount(10, false, 100), 10);
    assert_int_equal(params_amount(10, true, 100), 90);
    assert_int_equal(params_amount(100, true, 100), 0);
    assert_int_equal(params_amount(101, true, 100), 0);
}

static void test_console(void **state UNUSED)
{
    parse_ok("console=com1");
    assert_true(boot_params.console_com1 && !boot_params.console_vga);
    parse_ok("console=vga");
    assert_true(!boot_params.console_com1 && boot_params.console_vga);
    parse_ok("console=vga,com1");
    assert_true(boot_params.console_com1 && boot_params.console_vga);
    parse_ok("console=none");
    assert_false(boot_params.console_com1 || boot_params.console_vga);
    parse_bad("console=com2", "use console=com1");
    parse_bad("console=com1vga", "malformed");
    parse_bad("console=", "malformed");
    parse_ok("vga=keep");
    assert_true(boot_params.vga_keep);
    parse_ok("vga=current,keep");
    assert_true(boot_params.vga_keep);
    parse_bad("vga=mode-0x314", "use vga=keep");
}

static void test_com1(void **state UNUSED)
{
    const struct param_serial *s = &boot_params.com1;

    parse_ok("com1=9600");
    assert_int_equal(s->baud, 9600);
    assert_int_equal(s->port, 0x3f8);
    parse_ok("com1=auto,7e2,0x2f8,3");
    assert_int_equal(s->baud, 0);
    assert_int_equal(s->data_bits, 7);
    assert_int_equal(s->parity, 'e');
    assert_int_equal(s->stop_bits, 2);
    assert_int_equal(s->port, 0x2f8);
    assert_int_equal(s->irq, 3);
    parse_ok("com1=,,,0");
    assert_int_equal(s->baud, 115200);
    assert_int_equal(s->irq, 0);
    parse_bad("com1=12", "use com1=BAUD");
    parse_bad("com1=230400", "malformed");
    parse_bad("com1=automatic", "malformed");
    parse_bad("com1=9600,8n3", "malformed");
    parse_bad("com1=9600,8", "malformed");
    parse_bad("com1=9600,8n", "malformed");
    parse_bad("com1=9600,8n1x", "malformed");
    parse_bad("com1=9600,8n1,0xffffffff", "malformed");
    parse_bad("com1=9600,8n1,0x3f8,2", "malformed");
    parse_bad("com1=9600,8n1,0x3f8,16", "malformed");
    parse_bad("com1=9600,8n1,0x3f8,4,5", "malformed");
    parse_bad("com1", "malformed");
}

static void test_loglvl(void **state UNUSED)
{
    parse_ok("loglvl=all guest_loglvl=none");
    assert_int_equal(boot_params.loglvl.lower, LOG_DEBUG + 1);
    assert_int_equal(boot_params.loglvl.upper, LOG_DEBUG + 1);
    assert_int_equal(boot_params.guest_loglvl.upper, 0);
    parse_ok("loglvl=error/debug");
    assert_int_equal(boot_params.loglvl.lower, LOG_ERROR + 1);
    assert_int_equal(boot_params.loglvl.upper, LOG_DEBUG + 1);
    parse_bad("loglvl=debug/error", "use loglvl=LEVEL");
    parse_bad("loglvl=warn", "malformed");
    parse_bad("loglvl=warnings", "malformed");
    parse_bad("loglvl=info/", "malformed");
    parse_bad("loglvl", "malformed");
}

static void test_words(void **state UNUSED)
{
    parse_ok("clocksource=hpet reboot=kbd");
    assert_int_equal(boot_params.clocksource, CLOCKSOURCE_HPET);
    assert_int_equal(boot_params.reboot_method, 'k');
    assert_true(boot_params.reboot_asked);
    parse_ok("reboot=t");
    assert_int_equal(boot_params.reboot_method, 't');
    parse_ok("reboot=no");
    assert_true(boot_params.noreboot && !boot_params.reboot_asked);
    parse_bad("clocksource=sundial", "use clocksource=tsc|");
    parse_bad("clocksource", "malformed");
    parse_bad("reboot=", "malformed");
    parse_bad("reboot", "malformed");
}

static void test_unknown(void **state UNUSED)
{
    char longest[400] = "x=";

    parse_bad("dom0mem=1G", "did you mean dom0_mem=");
    parse_bad("noreboto", "did you mean noreboot=");
    parse_bad("no-x2apc", "did you mean x2apic=");
    parse_bad("guest-loglvl=all", "did you mean guest_loglvl=");
    parse_bad("quiet", "\"help\" lists");
    parse_bad("=", "unknown");
    parse_bad("no-", "unknown");
    memset(longest + 2, 'y', 300);
    parse_bad(longest, "too long");
    memset(longest, 'y', 100);
    longest[100] = '\0';
    parse_bad(longest, "unknown");
    /* The boot goes on with what follows. */
    parse("frobnicate maxcpus=abc noreboot");
    assert_int_equal(warning_count, 2);
    assert_true(boot_params.noreboot);
}

/* Random text never reads or writes out of bounds. */
static void test_random(void **state UNUSED)
{
    static const char alphabet[] =
        "abcdefghijklmnopqrstuvwxyz0123456789=,:-/_ .MGKx\x80\xff\t\"";

    srandom(1);
    for (int i = 0; i < 20000; i++) {
        struct param_text t;
        char text[256];
        size_t n = 0, length = (size_t)random() % 250;

        if (random() % 2 && params_describe((unsigned)random() % 17, &t))
            n = (size_t)sprintf(text, "%s=", t.name);
        while (n < length)
            text[n++] = alphabet[(size_t)random() % (sizeof(alphabet) - 1)];
        text[n] = '\0';
        parse(text);
    }
}

static int setup(void **state UNUSED)
{
    defaults = boot_params;
    return 0;
}

static void print_table(void)
{
    struct param_text t;

    printf("| parameter | default | meaning |\n|---|---|---|\n");
    for (unsigned i = 0; params_describe(i, &t); i++) {
        printf("| `%s=", t.name);
        for (const char *c = t.form; *c; c++)
            printf(*c == '|' ? "\\|" : "%c", *c);
        printf("` | %s | %s |\n", t.initial, t.help);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),   cmocka_unit_test(test_table),
        cmocka_unit_test(test_bool),    cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_sizes),   cmocka_unit_test(test_dom0_mem),
        cmocka_unit_test(test_console), cmocka_unit_test(test_com1),
        cmocka_unit_test(test_loglvl),  cmocka_unit_test(test_words),
        cmocka_unit_test(test_unknown), cmocka_unit_test(test_random),
    };

    if (argc > 1 && !strcmp(argv[1], "--table")) {
        print_table();
        return 0;
    }
    return cmocka_run_group_tests_name("boot/params", tests, setup, NULL);
}
