/* SPDX-License-Identifier: MIT */
/*
 * The whole program, in a child process: options, streams, exit statuses,
 * kernels that the system's own compressors packed, and a real one.
 */
#include "cli.h"
#include "fault.h"
#include "image.h"
#include "kernel_elf.h"
#include "scratch.h"
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct image elf, kernel;

/* What the last run wrote to the standard error. */
static char said[4096];

static int enter(void **state)
{
    struct image_elf spec = {.notes = IMAGE_NOTES_SEGMENT,
                             .fill_bytes = 1200000};

    (void)state;
    elf = image_make_elf(&spec);
    kernel = image_make_kernel(IMAGE_ZSTD, &elf);
    scratch_enter();
    scratch_put("in", kernel.data, kernel.bytes);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    scratch_leave();
    image_free(&elf);
    image_free(&kernel);
    return 0;
}

/* In the child: its three streams are these. */
static void redirect(const char *in, const char *out, int err)
{
    int fds[3] = {
        open(in, O_RDONLY),
        open(out, O_WRONLY | O_CREAT | O_TRUNC, 0666),
        err,
    };

    for (int i = 0; i < 3; i++)
        if (fds[i] < 0 || dup2(fds[i], i) != i)
            _exit(99);
}

/* Run with these words, a NULL behind them; the exit status. */
static int run_with(const char *in, const char *out, const char *const *words)
{
    char *argv[12] = {strdup("parvis-unpack-kernel")};
    int argc = 1, status;
    int err = memfd_create("said", MFD_CLOEXEC);
    ssize_t bytes;
    pid_t child;

    for (; words[argc - 1] != NULL; argc++)
        argv[argc] = strdup(words[argc - 1]);
    argv[argc] = NULL;

    child = suite_fork();
    if (child == 0) {
        redirect(in, out, err);
        exit(cli_run(argc, argv)); /* and be checked for leaks */
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    for (int i = 0; i < argc; i++)
        free(argv[i]);

    bytes = pread(err, said, sizeof(said) - 1, 0);
    close(err);
    assert_true(bytes >= 0);
    said[bytes] = '\0';
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define RUN(...)   run_with("/dev/null", "/dev/null", WORDS(__VA_ARGS__))

/* One line, from this program, about this file. */
static void says(const char *start, const char *words)
{
    char expected[256];

    snprintf(expected, sizeof(expected), "parvis-unpack-kernel: %s", start);
    if (strncmp(said, expected, strlen(expected)) != 0)
        fail_msg("\"%s\" does not start \"%s\"", said, expected);
    assert_contains(said, words);
    assert_contains(said, "; ");
    assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
}

static void test_files(void **state)
{
    (void)state;
    assert_int_equal(RUN("in", "out"), 0);
    assert_string_equal(said, "");
    assert_true(scratch_has("out", elf.data, elf.bytes));
    assert_int_equal(RUN("--", "in", "out"), 0);
    assert_int_equal(RUN("in", "in"), 0);
    assert_true(scratch_has("in", elf.data, elf.bytes));
    assert_int_equal(RUN("in", "out"), 0); /* now from an ELF */
    assert_true(scratch_has("out", elf.data, elf.bytes));
    assert_int_equal(scratch_count("."), 2);
}

static void test_streams(void **state)
{
    (void)state;
    assert_int_equal(run_with("in", "out", WORDS("-", "-")), 0);
    assert_true(scratch_has("out", elf.data, elf.bytes));
    assert_int_equal(run_with("in", "out2", WORDS("in", "-")), 0);
    assert_true(scratch_has("out2", elf.data, elf.bytes));
    assert_int_equal(run_with("in", "/dev/null", WORDS("-", "out3")), 0);
    assert_true(scratch_has("out3", elf.data, elf.bytes));
}

static void test_usage(void **state)
{
    static const struct {
        const char *words[5];
        const char *text;
    } cases[] = {
        {{"in"}, "two names"},
        {{"in", "out", "more"}, "two names"},
        {{"--strange", "in", "out"}, "no such option"},
        {{"--strange", "in", "out"}, "--strange"},
        {{"-axm", "in", "out"}, ": -x;"},
        {{"--any=yes", "in", "out"}, "takes no value"},
        {{"in", "out", "-m"}, "a value is missing after -m"},
        {{"in", "out", "--max-size"}, "a value is missing"},
        {{"in", "out", "--max-size", "0"}, "from 1 to 4095, not 0"},
        {{"in", "out", "--max-size", "4096"}, "not 4096"},
        {{"in", "out", "--max-size", "-1"}, "not -1"},
        {{"in", "out", "--max-size", " 1"}, "not  1"},
        {{"in", "out", "--max-size", "+1"}, "not +1"},
        {{"in", "out", "--max-size", "1x"}, "not 1x"},
        {{"in", "out", "--max-size", ""}, "not ;"},
        {{"in", "out", "--max-size", "99999999999999999999"}, "not 9999"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(run_with("/dev/null", "/dev/null", cases[i].words), 2);
        says("", cases[i].text);
        assert_contains(said, "try parvis-unpack-kernel --help");
    }
    assert_int_equal(
        run_with("/dev/null", "/dev/null", (const char *const[]){NULL}), 2);
    assert_int_equal(scratch_count("."), 1);
}

static void test_help_and_version(void **state)
{
    char text[2048] = "";
    FILE *file;

    (void)state;
    assert_int_equal(run_with("/dev/null", "out", WORDS("--help")), 0);
    file = fopen("out", "r");
    assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
    fclose(file);
    assert_contains(text, "Usage: parvis-unpack-kernel");
    assert_contains(text, "--any");
    assert_contains(text, "--max-size MiB");
    assert_contains(text, "--version");
    assert_int_equal(run_with("/dev/null", "out2", WORDS("-h")), 0);
    assert_true(scratch_has("out2", text, strlen(text)));

    assert_int_equal(run_with("/dev/null", "out", WORDS("--version")), 0);
    memset(text, 0, sizeof(text));
    file = fopen("out", "r");
    assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
    fclose(file);
    assert_int_equal(strncmp(text, "parvis-unpack-kernel ", 21), 0);
    assert_int_equal(strcspn(text, "\n"), strlen(text) - 1);
    assert_int_equal(run_with("/dev/null", "out2", WORDS("-V")), 0);
    assert_true(scratch_has("out2", text, strlen(text)));

    assert_int_equal(run_with("/dev/null", "/dev/full", WORDS("-h")), 1);
    says("standard output: ", "No space left on device");
}

static void test_in_errors(void **state)
{
    (void)state;
    assert_int_equal(RUN("missing", "out"), 1);
    says("missing: cannot open", "No such file or directory");
    assert_int_equal(RUN(".", "out"), 1);
    says(".: cannot read", "Is a directory");
    assert_int_equal(RUN("/dev/null", "out"), 1);
    says("/dev/null: cannot read", "nothing in it");
    assert_int_equal(RUN("-", "out"), 1);
    says("standard input: cannot read", "nothing in it");
    assert_int_equal(RUN("/proc/self/mem", "out"), 1);
    says("/proc/self/mem: cannot read", "Input/output error");
    assert_int_equal(scratch_count("."), 1);
}

static void test_out_errors(void **state)
{
    (void)state;
    assert_int_equal(RUN("in", "missing/out"), 1);
    says("missing/out: cannot write", "No such file or directory");
    assert_int_equal(RUN("in", "/dev/full"), 1);
    says("/dev/full: cannot write", "no regular file");
    assert_int_equal(run_with("/dev/null", "/dev/full", WORDS("in", "-")), 1);
    says("standard output: cannot write", "No space left on device");
    assert_int_equal(RUN("in", ""), 1);
    says(": cannot write", "no file's name");
    assert_int_equal(scratch_count("."), 1);
}

/* A pipe whose reader has gone is told of, not died of. */
static void test_broken_pipe(void **state)
{
    int ends[2];
    char name[32];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    snprintf(name, sizeof(name), "/proc/self/fd/%d", ends[1]);
    /* The child opens the pipe anew, when no one can read it any more. */
    close(ends[0]);
    assert_int_equal(run_with("/dev/null", name, WORDS("in", "-")), 1);
    says("standard output: cannot write", "Broken pipe");
    close(ends[1]);
}

static void test_terminal(void **state)
{
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);

    (void)state;
    if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0)
        skip();
    assert_int_equal(run_with("/dev/null", ptsname(terminal), WORDS("in", "-")),
                     1);
    says("standard output: cannot write to a terminal", "binary");
    close(terminal);
}

static void test_max_size(void **state)
{
    (void)state;
    assert_int_equal(RUN("-m", "2", "in", "out"), 0);
    assert_int_equal(RUN("--max-size=1", "in", "out2"), 1);
    says("in: cannot unpack", "larger than 1048576 bytes");
    assert_int_equal(RUN("out", "out2", "--max-size", "1"), 1);
    says("out: cannot read", "larger than 1048576 bytes");
    assert_int_equal(
        run_with("/dev/zero", "/dev/null", WORDS("-m1", "-", "out2")), 1);
    says("standard input: cannot read", "larger than 1048576 bytes");
    assert_int_equal(scratch_count("."), 2);
}

static void test_any(void **state)
{
    struct image_elf spec = {.notes = IMAGE_NOTES_NONE};
    struct image plain = image_make_elf(&spec);
    struct image packed = image_make_kernel(IMAGE_GZIP, &plain);

    (void)state;
    scratch_put("plain", packed.data, packed.bytes);
    assert_int_equal(RUN("plain", "out"), 1);
    says("plain: cannot use the kernel", "--any");
    assert_int_equal(scratch_count("."), 2);
    assert_int_equal(RUN("-a", "plain", "out"), 0);
    assert_true(scratch_has("out", plain.data, plain.bytes));
    assert_int_equal(RUN("plain", "out2", "--any"), 0);
    assert_true(scratch_has("out2", plain.data, plain.bytes));
    image_free(&packed);
    image_free(&plain);
}

/* Whatever is wrong with IN, an OUT that exists stays as it is. */
static void test_out_is_untouched(void **state)
{
    struct stat before, after;

    (void)state;
    scratch_put("out", "old", 3);
    assert_int_equal(stat("out", &before), 0);
    kernel.data[kernel.bytes - 100] ^= 1;
    scratch_put("in", kernel.data, kernel.bytes);
    assert_int_equal(RUN("in", "out"), 1);
    says("in: cannot unpack the zstd payload", "checksum is wrong");
    assert_true(scratch_has("out", "old", 3));
    assert_int_equal(stat("out", &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    assert_int_equal(scratch_count("."), 2);
}

static void test_out_of_memory(void **state)
{
    struct fault fault = {
        .call = FAULT_ALLOC, .fail_count = 1, .error = ENOMEM};

    (void)state;
    fault_set(&fault);
    assert_int_equal(RUN("in", "out"), 1);
    fault_set(NULL);
    says("in: cannot read", "out of memory");
    assert_int_equal(scratch_count("."), 1);
}

/* Packed by what kernel builds call, with their options. */
static void test_system_compressors(void **state)
{
    static const struct {
        const char *command;
        bool has_size;
        const char *refusal; /* NULL: unpacks */
    } cases[] = {
        {"gzip -n -f -9", false, NULL},
        {"bzip2 -9", true, NULL},
        {"xz --format=lzma -6", true, NULL},
        {"xz --check=crc32 --x86 --lzma2=dict=32MiB", true, NULL},
        {"xz --check=sha256 --lzma2=preset=9e,dict=8MiB", true, NULL},
        {"lz4 -l -9 - -", true, NULL},
        {"lz4 -9 - -", true, NULL},
        {"zstd -22 --ultra", true, NULL},
        {"lzop -9", true, "LZO is not supported"},
    };
    int run_count = 0;

    (void)state;
    scratch_put("elf", elf.data, elf.bytes);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char command[128];
        struct image payload = {malloc(8 << 20), 0}, image;
        FILE *pipe;

        snprintf(command, sizeof(command), "%s <elf 2>/dev/null",
                 cases[i].command);
        pipe = popen(command, "r");
        payload.bytes = fread(payload.data, 1, 8 << 20, pipe);
        if (pclose(pipe) != 0 || payload.bytes == 0) {
            print_message("%s: not installed\n", cases[i].command);
            image_free(&payload);
            continue;
        }
        if (cases[i].has_size) {
            image = image_add_size(&payload, &elf);
            image_free(&payload);
            payload = image;
        }
        image = image_make_bzimage(&payload);
        scratch_put("in", image.data, image.bytes);
        if (cases[i].refusal == NULL) {
            assert_int_equal(RUN("in", "out"), 0);
            assert_true(scratch_has("out", elf.data, elf.bytes));
            assert_int_equal(unlink("out"), 0);
        } else {
            assert_int_equal(RUN("in", "out"), 1);
            says("in: cannot unpack", cases[i].refusal);
        }
        run_count++;
        image_free(&image);
        image_free(&payload);
    }
    if (run_count == 0)
        skip();
}

/* A distribution's kernel: PARVIS_TEST_BZIMAGE names one. */
static void test_real_kernel(void **state)
{
    const char *path = getenv("PARVIS_TEST_BZIMAGE");
    size_t max_bytes = (size_t)256 << 20;
    struct image out;
    struct kernel_elf found;
    struct report why;
    FILE *file;

    (void)state;
    if (path == NULL || path[0] == '\0')
        skip();
    assert_int_equal(RUN(path, "out"), 0);
    assert_int_equal(RUN(path, "again"), 0);
    assert_int_equal(RUN("out", "copy"), 0);

    out = (struct image){malloc(max_bytes), 0};
    file = fopen("out", "rb");
    assert_non_null(file);
    out.bytes = fread(out.data, 1, max_bytes, file);
    fclose(file);
    assert_true(out.bytes > 1 << 20);
    assert_int_equal(kernel_elf_check(out.data, out.bytes, &found, &why), 0);
    assert_true(found.is_64bit);
    assert_true(found.has_xen_entry);
    assert_true(scratch_has("again", out.data, out.bytes));
    assert_true(scratch_has("copy", out.data, out.bytes));
    image_free(&out);
}

int cli_tests(void)
{
#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, enter, leave)
    static const struct CMUnitTest tests[] = {
        IN_SCRATCH(test_files),
        IN_SCRATCH(test_streams),
        IN_SCRATCH(test_usage),
        IN_SCRATCH(test_help_and_version),
        IN_SCRATCH(test_in_errors),
        IN_SCRATCH(test_out_errors),
        IN_SCRATCH(test_broken_pipe),
        IN_SCRATCH(test_terminal),
        IN_SCRATCH(test_max_size),
        IN_SCRATCH(test_any),
        IN_SCRATCH(test_out_is_untouched),
        IN_SCRATCH(test_out_of_memory),
        IN_SCRATCH(test_system_compressors),
        IN_SCRATCH(test_real_kernel),
    };
#undef IN_SCRATCH

    return cmocka_run_group_tests_name("cli", tests, NULL, NULL);
}
