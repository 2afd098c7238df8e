# SPDX-License-Identifier: MIT
MM_TESTED := $(addprefix hypervisor/mm/,frame.c heap.c slab.c pt_entry.c \
    pt_validate.c pt_update.c guest_pt.c domain_memory.c segdesc.c \
    memory_map.c map.c check.c) hypervisor/cpu/tlb.c
MM_FAKE := tests/unit/mm/machine.c
MM_FLAGS := -iquote tests/unit/mm/fake

$(eval $(call unit_test,mm/frames,tests/unit/mm/test_frames.c \
    tests/unit/mm/world.c tests/unit/mm/model.c $(MM_FAKE) \
    $(MM_TESTED),$(MM_FLAGS)))
