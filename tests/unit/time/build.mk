# SPDX-License-Identifier: MIT
$(eval $(call unit_test,time/scale,tests/unit/time/test_scale.c \
    hypervisor/time/scale.c))
$(eval $(call unit_test,time/calendar,tests/unit/time/test_calendar.c \
    hypervisor/time/calendar.c))
$(eval $(call unit_test,time/heap,tests/unit/time/test_heap.c \
    hypervisor/time/timer_heap.c,-iquote tests/unit/sched/fake))
$(eval $(call unit_test,time/timer,tests/unit/time/test_timer.c \
    hypervisor/time/timer.c hypervisor/time/timer_heap.c,-iquote \
    tests/unit/sched/fake))
