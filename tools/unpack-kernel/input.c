/* SPDX-License-Identifier: MIT */
/* Reading a whole file into memory: see input.h. */
#include "input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int fail_too_large(const struct buffer *buffer, struct report *why)
{
    return report_fail(why, EFBIG,
                       "cannot read the file: it is larger than %zu bytes; "
                       "raise --max-size if you trust it",
                       buffer->max_bytes);
}

static int read_all(int fd, struct buffer *buffer, struct report *why)
{
    for (;;) {
        size_t room;
        ssize_t got;
        int rc = buffer_reserve(buffer, &room);

        if (rc == -ENOMEM)
            return report_fail(why, ENOMEM,
                               "cannot read the file: out of memory; free "
                               "memory, or raise its limit");
        if (rc != 0)
            return fail_too_large(buffer, why);

        got = read(fd, buffer->data + buffer->bytes, room);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return report_fail(why, errno,
                               "cannot read the file: %s; check what it is "
                               "and the disk that it is on",
                               strerror(errno));
        if (got == 0)
            return 0;
        buffer_advance(buffer, (size_t)got);
        if (buffer_is_over(buffer))
            return fail_too_large(buffer, why);
    }
}

int input_read(const char *path, struct buffer *buffer, struct report *why)
{
    int fd, rc;

    if (strcmp(path, "-") == 0)
        return read_all(STDIN_FILENO, buffer, why);

    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return report_fail(why, errno,
                           "cannot open the file: %s; check its name and "
                           "your rights to it",
                           strerror(errno));
    rc = read_all(fd, buffer, why);
    close(fd);
    return rc;
}
