# SPDX-License-Identifier: MIT
$(eval $(call fuzz_target,elf,tests/fuzz/elf/fuzz_elf.c \
    tests/unit/dom0/elf_file.c tests/unit/dom0/layout_check.c \
    hypervisor/dom0/elf.c hypervisor/dom0/layout.c,,4096))
