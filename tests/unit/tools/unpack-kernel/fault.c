/* SPDX-License-Identifier: MIT */
/* Making calls fail on demand: see fault.h. */
#include "fault.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

static struct fault current;
static int fired_count;

int __real_open(const char *path, int flags, ...);
ssize_t __real_write(int fd, const void *data, size_t bytes);
int __real_fsync(int fd);
int __real_linkat(int old_dir, const char *old, int new_dir, const char *new,
                  int flags);
int __real_close(int fd);
int __real_rename(const char *old, const char *new);
void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *old, size_t bytes);

int __wrap_open(const char *path, int flags, ...);
ssize_t __wrap_write(int fd, const void *data, size_t bytes);
int __wrap_fsync(int fd);
int __wrap_linkat(int old_dir, const char *old, int new_dir, const char *new,
                  int flags);
int __wrap_close(int fd);
int __wrap_rename(const char *old, const char *new);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *old, size_t bytes);

void fault_set(const struct fault *fault)
{
    current = fault != NULL ? *fault : (struct fault){0};
    fired_count = 0;
}

int fault_count(void)
{
    return fired_count;
}

/* Is it this call's turn? Then errno is set. */
static bool fires(enum fault_call call)
{
    if (current.call != call)
        return false;
    if (current.skip_count > 0) {
        current.skip_count--;
        return false;
    }
    if (fired_count == current.fail_count)
        return false;
    fired_count++;
    errno = current.error;
    return true;
}

int __wrap_open(const char *path, int flags, ...)
{
    mode_t mode = 0;

    if (flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE) {
        va_list args;

        va_start(args, flags);
        mode = va_arg(args, mode_t);
        va_end(args);
    }
    if (current.no_unnamed && (flags & O_TMPFILE) == O_TMPFILE) {
        errno = EOPNOTSUPP;
        return -1;
    }
    if ((flags & O_ACCMODE) != O_RDONLY && fires(FAULT_OPEN))
        return -1;
    return __real_open(path, flags, mode);
}

ssize_t __wrap_write(int fd, const void *data, size_t bytes)
{
    if (fires(FAULT_WRITE)) {
        int error = errno;

        if (current.signal == 0)
            return -1;
        raise(current.signal);
        errno = error;
        if (error != 0)
            return -1;
    }
    if (current.write_bytes != 0 && bytes > current.write_bytes)
        bytes = current.write_bytes;
    return __real_write(fd, data, bytes);
}

int __wrap_fsync(int fd)
{
    return fires(FAULT_FSYNC) ? -1 : __real_fsync(fd);
}

int __wrap_linkat(int old_dir, const char *old, int new_dir, const char *new,
                  int flags)
{
    if (fires(FAULT_LINKAT))
        return -1;
    return __real_linkat(old_dir, old, new_dir, new, flags);
}

int __wrap_close(int fd)
{
    int rc = __real_close(fd);

    return fires(FAULT_CLOSE) ? -1 : rc;
}

int __wrap_rename(const char *old, const char *new)
{
    return fires(FAULT_RENAME) ? -1 : __real_rename(old, new);
}

void *__wrap_malloc(size_t bytes)
{
    return fires(FAULT_ALLOC) ? NULL : __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    return fires(FAULT_ALLOC) ? NULL : __real_calloc(count, bytes);
}

void *__wrap_realloc(void *old, size_t bytes)
{
    return fires(FAULT_ALLOC) ? NULL : __real_realloc(old, bytes);
}
