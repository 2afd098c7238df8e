# SPDX-License-Identifier: MIT
$(eval $(call unit_test,lib/format,tests/unit/lib/test_format.c \
    hypervisor/lib/format.c))
