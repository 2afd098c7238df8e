# SPDX-License-Identifier: MIT
$(eval $(call unit_test,event/evtchn,tests/unit/event/test_evtchn.c \
    hypervisor/event/evtchn.c hypervisor/event/twolevel.c \
    hypervisor/event/virq.c hypervisor/event/pirq.c \
    hypervisor/event/info.c,-iquote tests/unit/sched/fake))
