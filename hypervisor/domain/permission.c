/* SPDX-License-Identifier: MIT */
/*
 * Who may act on whom: every check of one domain's right over another ends
 * here.
 *
 *   caller                 itself   another   the idle domain
 *   privileged (dom0)      yes      yes       no
 *   any other domain       yes      no        no
 */
#include "domain/domain.h"
#include "domain/vcpu.h"

bool domain_may_control(const struct vcpu *caller, const struct domain *target)
{
    if (target == idle_domain)
        return false;
    return caller->domain == target || caller->domain->is_privileged;
}
