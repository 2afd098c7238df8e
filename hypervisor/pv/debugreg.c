/* SPDX-License-Identifier: MIT */
/*
 * A guest's debug registers.
 *
 * Invariant: DR0-3 hold no address of the hypervisor; DR7 enables no I/O
 * breakpoints (CR4.DE is the hypervisor's) and no general detect.
 */
#include "pv/debugreg.h"

#include "cpu/insn.h"
#include "lib/errno.h"
#include "lib/nospec.h"
#include "mm/guest_access.h"

#define DR6_FIXED          0xffff0ff0UL
#define DR6_WRITABLE       0xe00fUL
#define DR7_FIXED          0x400UL
#define DR7_GENERAL_DETECT (1UL << 13)
#define DR7_ENABLE         0xffUL

static int set_address(struct vcpu *v, unsigned reg, uint64_t value)
{
    if (!guest_range_ok((const void __guest *)value, 1))
        return -EPERM;
    v->pv.dr[reg] = value;
    switch (reg) {
    case 0:
        write_dr0(value);
        break;
    case 1:
        write_dr1(value);
        break;
    case 2:
        write_dr2(value);
        break;
    default:
        write_dr3(value);
        break;
    }
    return 0;
}

static int set_control(struct vcpu *v, uint64_t value)
{
    if (value >> 32)
        return -EINVAL;
    value = (value & ~(0xd800UL | DR7_GENERAL_DETECT)) | DR7_FIXED;
    for (unsigned i = 0; i < 4; i++)
        if ((value >> (16 + 4 * i) & 3) == 2)
            return -EPERM; /* I/O breakpoint */
    if (value & DR7_ENABLE) {
        write_dr0(v->pv.dr[0]);
        write_dr1(v->pv.dr[1]);
        write_dr2(v->pv.dr[2]);
        write_dr3(v->pv.dr[3]);
    }
    v->pv.dr[7] = value;
    write_dr7(value);
    return 0;
}

int pv_set_debugreg(struct vcpu *v, unsigned reg, uint64_t value)
{
    switch (reg) {
    case 0 ... 3:
        return set_address(v, (unsigned)index_nospec(reg, 4), value);
    case 6:
        if (value >> 32)
            return -EINVAL;
        v->pv.dr[6] = (value & DR6_WRITABLE) | DR6_FIXED;
        return 0;
    case 7:
        return set_control(v, value);
    default:
        return -ENODEV;
    }
}

bool pv_get_debugreg(const struct vcpu *v, unsigned reg, uint64_t *value)
{
    if (reg > 7 || reg == 4 || reg == 5)
        return false;
    reg = (unsigned)index_nospec(reg, 8);
    *value = v->pv.dr[reg];
    if (reg == 6)
        *value |= DR6_FIXED;
    if (reg == 7)
        *value |= DR7_FIXED;
    return true;
}
