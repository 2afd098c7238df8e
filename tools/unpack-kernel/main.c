/* SPDX-License-Identifier: MIT */
/*
 * parvis-unpack-kernel: a Linux bzImage in, the ELF within it out.
 *
 * Reading order: cli.c (the command line), unpack.c (the steps), bzimage.c
 * (where the payload is), payload.c and decode_*.c (what it is), kernel_elf.c
 * (whether it will do), output.c (writing it).
 */
#include "cli.h"

int main(int argc, char **argv)
{
    return cli_run(argc, argv);
}
