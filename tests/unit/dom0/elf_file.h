/* SPDX-License-Identifier: MIT */
/* Makes small ELF files of PV kernels for the tests of dom0/. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define ELF_FILE_MAX          65536
#define ELF_FILE_PROGRAMS_MAX 20

enum {
    PROGRAM_LOAD = 1,
    PROGRAM_NOTE = 4
};

/* As in a file (System V ABI). */
struct elf_file_program {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

struct elf_file {
    uint8_t bytes[ELF_FILE_MAX];
    size_t size;
    struct elf_file_program programs[ELF_FILE_PROGRAMS_MAX];
    unsigned program_count;
    uint8_t notes[1024];
    size_t note_bytes;
    uint64_t entry;
};

/* An amd64 file without anything in it. */
void elf_file_init(struct elf_file *f);
/* A segment to load: `filesz` bytes, counting up, at the end of the file. */
void elf_file_add_segment(struct elf_file *f, uint64_t paddr, uint64_t filesz,
                          uint64_t memsz);
/* A note, by default of 8 bytes, named "Xen". */
void elf_file_add_note(struct elf_file *f, uint32_t type, const void *desc,
                       uint32_t bytes);
void elf_file_add_number(struct elf_file *f, uint32_t type, uint64_t number);
void elf_file_add_named(struct elf_file *f, const char *name,
                        uint32_t name_bytes, uint32_t type, const void *desc,
                        uint32_t bytes);
/* Put the notes, if any, and the headers into bytes. */
void elf_file_finish(struct elf_file *f);
/* Only the program headers again, after a change. */
void elf_file_put_programs(struct elf_file *f);

/* A kernel like Debian's: 3 segments and Linux' notes; finished. */
void elf_file_linux(struct elf_file *f);
