/* SPDX-License-Identifier: MIT */
/*
 * All that a test family includes.
 */
#pragma once

#include "abi.h"
#include "event.h"
#include "hypercall.h"
#include "mem.h"
#include "print.h"
#include "smp.h"
#include "test.h"
#include "trap.h"
#include "types.h"
#include "user.h"
