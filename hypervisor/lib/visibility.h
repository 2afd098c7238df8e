/* SPDX-License-Identifier: MIT */
/*
 * Included before every file: the image is one object, so no symbol can be
 * preempted and every access is relative to RIP, without a GOT.
 */
#pragma GCC visibility push(hidden)
