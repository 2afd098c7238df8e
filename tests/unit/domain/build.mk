# SPDX-License-Identifier: MIT
$(eval $(call unit_test,domain/state,tests/unit/domain/test_state.c \
    hypervisor/domain/state.c hypervisor/domain/permission.c,-iquote \
    tests/unit/sched/fake))
