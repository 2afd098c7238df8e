# SPDX-License-Identifier: MIT
$(eval $(call unit_test,cpu/descriptor,tests/unit/cpu/test_descriptor.c \
    hypervisor/cpu/descriptor.c))
