# SPDX-License-Identifier: MIT
$(eval $(call unit_test,dom0/elf,tests/unit/dom0/test_elf.c \
    tests/unit/dom0/elf_file.c hypervisor/dom0/elf.c))
$(eval $(call unit_test,dom0/layout,tests/unit/dom0/test_layout.c \
    tests/unit/dom0/layout_check.c hypervisor/dom0/layout.c))
