/* SPDX-License-Identifier: MIT */
/*
 * The one place that names the ABI headers. Guests include "guest.h" only,
 * so a header that moves is changed here. <abi/platform.h> is left to the one
 * family that is about it.
 */
#pragma once

#include "types.h"

#include <abi/callback.h>
#include <abi/errno.h>
#include <abi/event_channel.h>
#include <abi/features.h>
#if __has_include(<abi/grant_table.h>)
#include <abi/grant_table.h>
#endif
#include <abi/memory.h>
#include <abi/nmi.h>
#include <abi/physdev.h>
#include <abi/sched.h>
#include <abi/vcpu.h>
#include <abi/version.h>
#include <abi/xen.h>
