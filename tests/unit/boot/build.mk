# SPDX-License-Identifier: MIT
$(eval $(call unit_test,boot/params,tests/unit/boot/test_params.c \
    hypervisor/boot/params.c hypervisor/boot/param_values.c))
