/* SPDX-License-Identifier: MIT */
/*
 * Writing all or nothing: each call fails in turn, with and without an
 * existing file, with and without files that have no name.
 */
#include "fault.h"
#include "output.h"
#include "scratch.h"
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    DATA_BYTES = (3 << 20) + 77
}; /* several writes */

static uint8_t data[DATA_BYTES];
static const char old[] = "what was there";

static int enter(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)(i * 7 + (i >> 8));
    scratch_enter();
    return 0;
}

static int leave(void **state)
{
    (void)state;
    fault_set(NULL);
    scratch_leave();
    return 0;
}

static int put(const char *path, struct report *why)
{
    strcpy(why->text, "(no report)");
    return output_write(path, data, sizeof(data), why);
}

static void succeeds(const char *path)
{
    struct report why;

    if (put(path, &why) != 0)
        fail_msg("%s", why.text);
    assert_true(scratch_has(path, data, sizeof(data)));
}

static void refused(const char *path, int error, const char *words)
{
    struct report why;

    assert_int_equal(put(path, &why), -error);
    assert_contains(why.text, words);
    assert_contains(why.text, "; ");
}

static void test_new_and_replaced(void **state)
{
    struct fault named = {.no_unnamed = true};

    (void)state;
    for (int is_named = 0; is_named < 2; is_named++) {
        fault_set(is_named ? &named : NULL);
        succeeds("out");
        scratch_put("out", old, sizeof(old));
        succeeds("out");
        assert_int_equal(scratch_count("."), 1);
        assert_int_equal(unlink("out"), 0);
    }
}

static void test_in_directory(void **state)
{
    (void)state;
    assert_int_equal(mkdir("sub", 0777), 0);
    succeeds("sub/out");
    succeeds("./sub/../sub//out");
    assert_int_equal(scratch_count("sub"), 1);
    assert_int_equal(scratch_count("."), 1);
}

static void test_nothing_to_write(void **state)
{
    struct report why;

    (void)state;
    assert_int_equal(output_write("out", NULL, 0, &why), 0);
    assert_true(scratch_has("out", "", 0));
}

static void test_mode(void **state)
{
    static const mode_t masks[] = {022, 027, 077, 0};
    struct fault named = {.no_unnamed = true};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(masks) * 2; i++) {
        mode_t mask = masks[i / 2], before = umask(mask);
        struct stat st;

        fault_set(i % 2 ? &named : NULL);
        succeeds("out");
        umask(before);
        assert_int_equal(stat("out", &st), 0);
        assert_int_equal(st.st_mode & 07777, 0666 & ~mask);
    }
}

static void test_short_and_interrupted_writes(void **state)
{
    struct fault fault = {.call = FAULT_WRITE,
                          .skip_count = 3,
                          .fail_count = 5,
                          .error = EINTR,
                          .write_bytes = 99999};

    (void)state;
    fault_set(&fault);
    succeeds("out");
    assert_int_equal(fault_count(), 5);
}

/* Each step fails: nothing new, nothing changed, and the reason is told. */
static void test_each_failure(void **state)
{
    static const struct {
        enum fault_call call;
        int skip_count;
        int error;
        const char *words;
    } cases[] = {
        {FAULT_OPEN, 0, EACCES, "Permission denied"},
        {FAULT_OPEN, 0, EROFS, "Read-only file system"},
        {FAULT_OPEN, 0, ENOSPC, "make room"},
        {FAULT_WRITE, 0, ENOSPC, "No space left on device; make room"},
        {FAULT_WRITE, 2, ENOSPC, "No space left on device; make room"},
        {FAULT_WRITE, 3, EDQUOT, "make room"},
        {FAULT_WRITE, 1, EIO, "check the directory and the disk"},
        {FAULT_FSYNC, 0, EIO, "Input/output error"},
        {FAULT_FSYNC, 0, ENOSPC, "make room"},
        {FAULT_LINKAT, 0, EXDEV, "Invalid cross-device link"},
        {FAULT_LINKAT, 0, EEXIST, "File exists"},
        {FAULT_CLOSE, 0, EDQUOT, "make room"},
        {FAULT_RENAME, 0, EBUSY, "Device or resource busy"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases) * 4; i++) {
        struct fault fault = {.call = cases[i / 4].call,
                              .skip_count = cases[i / 4].skip_count,
                              .fail_count = 1000,
                              .error = cases[i / 4].error,
                              .no_unnamed = i & 1};
        bool is_there = i & 2;

        if (fault.no_unnamed && fault.call == FAULT_LINKAT)
            continue;
        if (is_there)
            scratch_put("out", old, sizeof(old));
        fault_set(&fault);
        refused("out", cases[i / 4].error, cases[i / 4].words);
        assert_true(fault_count() > 0);
        fault_set(NULL);
        assert_int_equal(scratch_count("."), is_there);
        if (is_there) {
            assert_true(scratch_has("out", old, sizeof(old)));
            unlink("out");
        }
    }
}

/* A name that is taken is tried again under another. */
static void test_temp_name_taken(void **state)
{
    struct fault link = {
        .call = FAULT_LINKAT, .fail_count = 15, .error = EEXIST};
    struct fault open = {.call = FAULT_OPEN,
                         .fail_count = 15,
                         .error = EEXIST,
                         .no_unnamed = true};

    (void)state;
    fault_set(&link);
    succeeds("out");
    assert_int_equal(fault_count(), 15);
    fault_set(&open);
    succeeds("out");
    assert_int_equal(fault_count(), 15);
}

/* Without the privilege to link a descriptor it goes by /proc. */
static void test_link_without_privilege(void **state)
{
    struct fault fault = {
        .call = FAULT_LINKAT, .fail_count = 1, .error = ENOENT};

    (void)state;
    fault_set(&fault);
    succeeds("out");
    fault.fail_count = 2;
    fault_set(&fault);
    refused("new", ENOENT, "No such file or directory");
    assert_int_equal(scratch_count("."), 1);
}

/*
 * Failing to bring the directory to the disk is no failure: the second
 * fsync is the directory's.
 */
static void test_directory_sync_fails(void **state)
{
    struct fault fault = {
        .call = FAULT_FSYNC, .skip_count = 1, .fail_count = 1, .error = EIO};

    (void)state;
    fault_set(&fault);
    succeeds("out");
    assert_int_equal(fault_count(), 1);
}

static void test_bad_targets(void **state)
{
    char long_name[300];

    (void)state;
    assert_int_equal(mkdir("sub", 0777), 0);
    assert_int_equal(symlink("target", "link"), 0);
    assert_int_equal(symlink("/dev/null", "null"), 0);
    assert_int_equal(mkfifo("fifo", 0666), 0);
    scratch_put("file", old, sizeof(old));

    refused("", EISDIR, "no file's name");
    refused("sub/", EISDIR, "no file's name");
    refused("sub", EEXIST, "no regular file");
    refused("fifo", EEXIST, "no regular file");
    refused("link", ELOOP, "symbolic link");
    refused("null", ELOOP, "symbolic link");
    refused("/dev/null", EEXIST, "no regular file");
    refused("missing/out", ENOENT, "No such file or directory");
    refused("file/out", ENOTDIR, "Not a directory");
    memset(long_name, 'a', sizeof(long_name) - 1);
    long_name[sizeof(long_name) - 1] = '\0';
    refused(long_name, ENAMETOOLONG, "too long");

    assert_int_equal(scratch_count("."), 5);
    assert_int_equal(scratch_count("sub"), 0);
    assert_true(scratch_has("file", old, sizeof(old)));
}

static void test_path_too_long(void **state)
{
    static char path[5000];

    (void)state;
    for (size_t i = 0; i + 1 < sizeof(path); i++)
        path[i] = i % 2 ? '/' : '.';
    path[sizeof(path) - 2] = 'x';
    refused(path, ENAMETOOLONG, "too long");

    /* The name fits, the temporary one does not. */
    memcpy(path + 4080, "x", 2);
    refused(path, ENAMETOOLONG, "too long");
    assert_int_equal(scratch_count("."), 0);
}

/*
 * A child that is hit by a signal in the write that the fault names, with this
 * disposition whatever the tests were started with (nohup); how it ended.
 */
static int status_of_child(int number, void (*disposition)(int),
                           const struct fault *fault)
{
    int status;
    pid_t child = suite_fork();

    if (child == 0) {
        struct fault mine = *fault;
        struct report why;

        if (number != SIGKILL)
            signal(number, disposition);
        mine.signal = number;
        fault_set(&mine);
        exit(put("out", &why) == 0 ? 42 : 43);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void test_signals(void **state)
{
    static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    struct fault fault = {
        .call = FAULT_WRITE, .skip_count = 1, .fail_count = 1};
    struct rlimit no_core = {0, 0};

    (void)state;
    setrlimit(RLIMIT_CORE, &no_core);
    scratch_put("out", old, sizeof(old));
    for (size_t i = 0; i < COUNT_OF(signals) * 2; i++) {
        int status;

        fault.no_unnamed = i % 2;
        status = status_of_child(signals[i / 2], SIG_DFL, &fault);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), signals[i / 2]);
        assert_int_equal(scratch_count("."), 1);
        assert_true(scratch_has("out", old, sizeof(old)));
    }
}

/* In the last write of all: it is still before the rename. */
static void test_signal_at_end(void **state)
{
    struct fault fault = {
        .call = FAULT_WRITE, .skip_count = 3, .fail_count = 1};

    (void)state;
    assert_true(WIFSIGNALED(status_of_child(SIGTERM, SIG_DFL, &fault)));
    assert_int_equal(scratch_count("."), 0);
}

/* An ignored signal stays ignored. */
static void test_ignored_signal(void **state)
{
    struct fault fault = {
        .call = FAULT_WRITE, .skip_count = 1, .fail_count = 1};
    int status = status_of_child(SIGHUP, SIG_IGN, &fault);

    (void)state;
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 42);
    assert_true(scratch_has("out", data, sizeof(data)));
}

/* Nobody can clean up after SIGKILL, so there must be nothing to clean. */
static void test_kill(void **state)
{
    struct fault fault = {
        .call = FAULT_WRITE, .skip_count = 2, .fail_count = 1};
    int fd = open(".", O_WRONLY | O_TMPFILE, 0666);
    int status;

    (void)state;
    if (fd < 0)
        skip(); /* this file system has no such files */
    close(fd);
    scratch_put("out", old, sizeof(old));
    status = status_of_child(SIGKILL, SIG_DFL, &fault);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(scratch_count("."), 1);
    assert_true(scratch_has("out", old, sizeof(old)));
}

/* A real file system that is full, in a mount namespace of root's own. */
static void test_full_disk(void **state)
{
    int status;
    pid_t child = suite_fork();

    (void)state;
    if (child == 0) {
        struct report why;
        int rc;

        mkdir("small", 0777);
        if (unshare(CLONE_NEWNS) != 0 ||
            mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
            mount("none", "small", "tmpfs", 0, "size=1m") != 0)
            _exit(77);
        scratch_put("small/out", old, sizeof(old));
        rc = put("small/out", &why);
        exit(rc == -ENOSPC && scratch_count("small") == 1 &&
                     scratch_has("small/out", old, sizeof(old)) &&
                     strstr(why.text, "No space left on device; make room")
                 ? 0
                 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77)
        skip(); /* not allowed to mount here */
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_file_size_limit(void **state)
{
    int status;
    pid_t child = suite_fork();

    (void)state;
    if (child == 0) {
        struct rlimit small = {1 << 20, 1 << 20};
        struct report why;
        int rc;

        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &small);
        rc = put("out", &why);
        exit(rc == -EFBIG && strstr(why.text, "File too large") ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(scratch_count("."), 0);
}

int output_tests(void)
{
#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, enter, leave)
    static const struct CMUnitTest tests[] = {
        IN_SCRATCH(test_new_and_replaced),
        IN_SCRATCH(test_in_directory),
        IN_SCRATCH(test_nothing_to_write),
        IN_SCRATCH(test_mode),
        IN_SCRATCH(test_short_and_interrupted_writes),
        IN_SCRATCH(test_each_failure),
        IN_SCRATCH(test_temp_name_taken),
        IN_SCRATCH(test_link_without_privilege),
        IN_SCRATCH(test_directory_sync_fails),
        IN_SCRATCH(test_bad_targets),
        IN_SCRATCH(test_path_too_long),
        IN_SCRATCH(test_signals),
        IN_SCRATCH(test_signal_at_end),
        IN_SCRATCH(test_ignored_signal),
        IN_SCRATCH(test_kill),
        IN_SCRATCH(test_full_disk),
        IN_SCRATCH(test_file_size_limit),
    };
#undef IN_SCRATCH

    return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}
