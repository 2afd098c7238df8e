# SPDX-License-Identifier: MIT
$(eval $(call unit_test,boot_pure/memmap,tests/unit/boot_pure/test_memmap.c \
    hypervisor/boot/memmap.c))
$(eval $(call unit_test,boot_pure/multiboot,\
    tests/unit/boot_pure/test_multiboot.c hypervisor/boot/multiboot.c \
    hypervisor/boot/memmap.c,-iquote tests/unit/boot_pure/fake))
