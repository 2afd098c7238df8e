/* SPDX-License-Identifier: MIT */
/* Host tests: the privileged instructions that the room sched uses. */
#pragma once

static inline void cpu_relax(void)
{
}

static inline void cpu_irq_window(void)
{
}

static inline void cpu_idle_wait(void)
{
}
