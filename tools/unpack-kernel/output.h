/* SPDX-License-Identifier: MIT */
/*
 * Writing a file all or not at all.
 *
 * The data goes to a new file in the same directory, to the disk, and only
 * then takes the name. Where the file system can, the new file has no name
 * while it is written, so that even SIGKILL or a power cut then leaves nothing
 * behind.
 */
#pragma once

#include "report.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Make `path` ("-": the standard output) hold just these bytes.
 *
 * 0, or a negative errno with a report; then `path` is what it was and no
 * other file is left (the standard output may have got a part). An existing
 * `path` has to be a regular file: a device or a link is refused rather than
 * replaced. The mode is what the umask makes of 0666. SIGHUP, SIGINT,
 * SIGQUIT and SIGTERM that come meanwhile end the work and are delivered on
 * return, with nothing left behind.
 */
MUST_CHECK int output_write(const char *path, const uint8_t *data, size_t bytes,
                            struct report *why);
