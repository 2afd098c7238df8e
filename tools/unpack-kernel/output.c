/* SPDX-License-Identifier: MIT */
/*
 * Writing a file all or not at all: see output.h.
 *
 * Invariant: from create_temp to the end, the signals that would end the
 * program are blocked and looked for between writes; thus whoever returns,
 * for whatever reason, passes the place that removes the temporary file.
 */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    WRITE_BYTES = 1 << 20, /* between two looks for signals */
    NAME_TRIES = 16,
};

/* A file that is being written in the directory of its final name. */
struct temp {
    int fd;        /* -1 when closed */
    bool is_named; /* otherwise it vanishes with the fd */
    char path[PATH_MAX];
};

static int fail_write(int error, struct report *why)
{
    if (error == ENOSPC || error == EDQUOT)
        return report_fail(why, error,
                           "cannot write the file: %s; make room, or write "
                           "it to another place",
                           strerror(error));
    if (error == EINTR)
        return report_fail(why, error,
                           "cannot write the file: stopped by a signal; "
                           "start again");
    return report_fail(why, error,
                       "cannot write the file: %s; check the directory and "
                       "the disk that it is on",
                       strerror(error));
}

/* The signals that would end the program, without those that it ignores. */
static void ending_signals(sigset_t *set)
{
    static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};

    sigemptyset(set);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        struct sigaction action;

        if (sigaction(signals[i], NULL, &action) == 0 &&
            action.sa_handler != SIG_IGN)
            sigaddset(set, signals[i]);
    }
}

static bool is_signal_pending(void)
{
    sigset_t ending, pending, both;

    ending_signals(&ending);
    return sigpending(&pending) == 0 &&
           sigandset(&both, &ending, &pending) == 0 && !sigisemptyset(&both);
}

/* 0 or a negative errno. */
static int write_all(int fd, const uint8_t *data, size_t bytes)
{
    while (bytes > 0) {
        size_t now = bytes < WRITE_BYTES ? bytes : WRITE_BYTES;
        ssize_t put = write(fd, data, now);

        if (put < 0 && errno != EINTR)
            return -errno;
        if (is_signal_pending())
            return -EINTR;
        if (put < 0)
            continue;
        data += put;
        bytes -= (size_t)put;
    }
    return 0;
}

/* The length of the directory part of a path, its last slash included. */
static size_t directory_bytes(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

/* A name beside `path` that nobody can foresee. 0 or a negative errno. */
static int name_temp(struct temp *temp, const char *path)
{
    uint64_t random;
    int length;

    if (getrandom(&random, sizeof(random), 0) != sizeof(random))
        return -EIO;
    length = snprintf(temp->path, sizeof(temp->path),
                      "%.*s.parvis-%016" PRIx64 ".tmp",
                      (int)directory_bytes(path), path, random);
    return length < (int)sizeof(temp->path) ? 0 : -ENAMETOOLONG;
}

static int create_named(struct temp *temp, const char *path)
{
    for (int i = 0; i < NAME_TRIES; i++) {
        int rc = name_temp(temp, path);

        if (rc != 0)
            return rc;
        temp->fd =
            open(temp->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (temp->fd >= 0) {
            temp->is_named = true;
            return 0;
        }
        if (errno != EEXIST)
            return -errno;
    }
    return -EEXIST;
}

/*
 * A new file in the directory of `path`: without a name if it can be, with
 * one where the file system knows no such files. 0 or a negative errno.
 */
static int create_temp(struct temp *temp, const char *path)
{
    char directory[PATH_MAX];
    int length = snprintf(directory, sizeof(directory), "%.*s.",
                          (int)directory_bytes(path), path);

    *temp = (struct temp){.fd = -1};
    if (length >= (int)sizeof(directory))
        return -ENAMETOOLONG;
    temp->fd = open(directory, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
    if (temp->fd >= 0)
        return 0;
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
        return -errno;
    return create_named(temp, path);
}

/*
 * Link an open file to a name. By its descriptor, which takes a privilege, or
 * else by /proc, which not every chroot has. 0 or -1 with errno.
 */
static int link_fd(int fd, const char *path)
{
    char fd_path[32];

    if (linkat(fd, "", AT_FDCWD, path, AT_EMPTY_PATH) == 0)
        return 0;
    if (errno != ENOENT) /* which says that the privilege is missing */
        return -1;
    snprintf(fd_path, sizeof(fd_path), "/proc/self/fd/%d", fd);
    return linkat(AT_FDCWD, fd_path, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

/* Give an unnamed file its first name. 0 or a negative errno. */
static int link_temp(struct temp *temp, const char *path)
{
    for (int i = 0; i < NAME_TRIES; i++) {
        int rc = name_temp(temp, path);

        if (rc != 0)
            return rc;
        if (link_fd(temp->fd, temp->path) == 0) {
            temp->is_named = true;
            return 0;
        }
        if (errno != EEXIST)
            return -errno;
    }
    return -EEXIST;
}

static int close_temp(struct temp *temp)
{
    int fd = temp->fd;

    temp->fd = -1;
    return close(fd) == 0 ? 0 : -errno;
}

/* Whatever became of it, nothing remains. */
static void discard_temp(struct temp *temp)
{
    if (temp->fd >= 0)
        close(temp->fd);
    if (temp->is_named)
        unlink(temp->path);
}

/* Fill it, bring it to the disk, let it take the name. */
static int fill_and_rename(struct temp *temp, const char *path,
                           const uint8_t *data, size_t bytes)
{
    int rc = write_all(temp->fd, data, bytes);

    if (rc != 0)
        return rc;
    if (fsync(temp->fd) != 0)
        return -errno;
    if (is_signal_pending())
        return -EINTR;
    if (!temp->is_named) {
        rc = link_temp(temp, path);
        if (rc != 0)
            return rc;
    }
    rc = close_temp(temp);
    if (rc != 0)
        return rc;
    if (rename(temp->path, path) != 0)
        return -errno;
    temp->is_named = false;
    return 0;
}

/*
 * Bring the new name to the disk as well. It is in force already, so there
 * is nobody to tell if that fails: a power cut may then bring the old file
 * back, which is a whole file too.
 */
static void sync_directory(const char *path)
{
    char directory[PATH_MAX];
    int fd;

    snprintf(directory, sizeof(directory), "%.*s.", (int)directory_bytes(path),
             path);
    fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

static int write_file(const char *path, const uint8_t *data, size_t bytes)
{
    sigset_t ours, before;
    struct temp temp;
    int rc;

    ending_signals(&ours);
    sigprocmask(SIG_BLOCK, &ours, &before);

    rc = create_temp(&temp, path);
    if (rc == 0) {
        rc = fill_and_rename(&temp, path, data, bytes);
        discard_temp(&temp);
    }
    if (rc == 0)
        sync_directory(path);

    sigprocmask(SIG_SETMASK, &before, NULL);
    return rc;
}

/* May a file of this name be put there? */
static int check_target(const char *path, struct report *why)
{
    struct stat st;

    if (path[0] == '\0' || path[strlen(path) - 1] == '/')
        return report_fail(why, EISDIR,
                           "cannot write the file: that is no file's name; "
                           "add one");
    if (lstat(path, &st) != 0)
        return 0; /* absent; any other trouble shows on creation */
    if (S_ISLNK(st.st_mode))
        return report_fail(why, ELOOP,
                           "cannot write the file: a symbolic link is "
                           "there; name the file that it leads to");
    if (!S_ISREG(st.st_mode))
        return report_fail(why, EEXIST,
                           "cannot write the file: something that is no "
                           "regular file is there; use another name, or - "
                           "for the standard output");
    return 0;
}

static int write_stdout(const uint8_t *data, size_t bytes, struct report *why)
{
    int rc;

    if (isatty(STDOUT_FILENO))
        return report_fail(why, EINVAL,
                           "cannot write to a terminal: the kernel is "
                           "binary; send it to a file or a pipe");
    rc = write_all(STDOUT_FILENO, data, bytes);
    return rc == 0 ? 0 : fail_write(-rc, why);
}

int output_write(const char *path, const uint8_t *data, size_t bytes,
                 struct report *why)
{
    int rc;

    if (strcmp(path, "-") == 0)
        return write_stdout(data, bytes, why);
    rc = check_target(path, why);
    if (rc != 0)
        return rc;
    rc = write_file(path, data, bytes);
    return rc == 0 ? 0 : fail_write(-rc, why);
}
