/* SPDX-License-Identifier: MIT */
/*
 * console_io: dom0's writes to the hypervisor's console and reads of what was
 * typed there.
 *
 * Guest memory is copied in chunks through the stack, with a yield point
 * between two; the length of a write is bounded, because a yield does not let
 * this vCPU's own events in.
 */
#include "debug/console.h"
#include "abi/xen.h"
#include "hypercall/handlers.h"
#include "lib/errno.h"
#include "lib/upcall.h"
#include "mm/guest_access.h"

#define CHUNK_BYTES     128U
#define WRITE_MAX_BYTES 65536U
#define READ_MAX_BYTES  0x7fffffffU /* more would read as an error */

static int64_t console_write(const char __guest *buf, uint32_t count) MAY_YIELD
{
    char chunk[CHUNK_BYTES];

    for (uint32_t done = 0; done < count;) {
        uint32_t n = MIN(count - done, CHUNK_BYTES);
        int err = guest_read(chunk, buf + done, n);

        if (err)
            return err;
        console_write_guest(chunk, n);
        done += n;
        err = done < count ? yield_point() : 0;
        if (err)
            return err;
    }
    return 0;
}

/* Ends when nothing is left to read; what was read is not lost to a yield. */
static int64_t console_read(char __guest *buf, uint32_t count) MAY_YIELD
{
    char chunk[CHUNK_BYTES];
    uint32_t done = 0;

    while (done < count) {
        size_t n = console_read_guest(chunk, MIN(count - done, CHUNK_BYTES));
        int err;

        if (!n)
            break;
        err = guest_write(buf + done, chunk, n);
        if (err)
            return err;
        done += (uint32_t)n;
        if (yield_point())
            break;
    }
    return done;
}

/* args: command, bytes, buffer; the first two are 32 bits wide. */
int64_t hypercall_console_io(struct vcpu *v, const uint64_t args[6])
{
    uint32_t cmd = (uint32_t)args[0], count = (uint32_t)args[1];
    char __guest *buf = (char __guest *)args[2];

    if (!v->domain->is_privileged)
        return -EPERM;
    if (cmd != CONSOLEIO_write && cmd != CONSOLEIO_read)
        return -ENOSYS;
    if (count > (cmd == CONSOLEIO_write ? WRITE_MAX_BYTES : READ_MAX_BYTES))
        return -E2BIG;
    if (!guest_range_ok(buf, count))
        return -EFAULT;
    return cmd == CONSOLEIO_write ? console_write(buf, count)
                                  : console_read(buf, count);
}
