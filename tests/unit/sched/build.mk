# SPDX-License-Identifier: MIT
$(eval $(call unit_test,sched/sched,tests/unit/sched/test_sched.c \
    hypervisor/sched/sched.c hypervisor/sched/share.c \
    hypervisor/sched/boundary.c hypervisor/sched/idle.c,-iquote \
    tests/unit/sched/fake))
