# SPDX-License-Identifier: MIT
# seeded.py in this folder shows which mistakes these tests notice.
MM_TESTED := $(addprefix hypervisor/mm/,frame.c heap.c slab.c pt_entry.c \
    pt_validate.c pt_update.c guest_pt.c domain_memory.c segdesc.c \
    memory_map.c map.c check.c) hypervisor/cpu/tlb.c
MM_WORLD := $(addprefix tests/unit/mm/,world.c model.c machine.c)
MM_FLAGS := -iquote tests/unit/mm/fake -pthread

$(eval $(call unit_test,mm/frames,tests/unit/mm/test_frames.c $(MM_WORLD) \
    $(MM_TESTED),$(MM_FLAGS)))
$(eval $(call unit_test,mm/yield,tests/unit/mm/test_yield.c $(MM_WORLD) \
    $(MM_TESTED),$(MM_FLAGS)))
$(eval $(call unit_test,mm/heap,tests/unit/mm/test_heap.c \
    tests/unit/mm/machine.c $(MM_TESTED),$(MM_FLAGS)))
