# SPDX-License-Identifier: MIT
$(eval $(call unit_test,debug/console,tests/unit/debug/test_console.c \
    hypervisor/debug/log.c hypervisor/debug/console.c \
    hypervisor/lib/format.c))
