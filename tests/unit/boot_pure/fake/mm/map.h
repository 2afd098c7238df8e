/* SPDX-License-Identifier: MIT */
/* In place of hypervisor/mm/map.h: physical memory is the test's. */
#pragma once

#include "lib/types.h"

void *paddr_to_virt(paddr_t pa);
paddr_t virt_to_paddr(const void *va);
