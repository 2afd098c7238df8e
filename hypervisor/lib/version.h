/* SPDX-License-Identifier: MIT */
/* Whose version is what: Parvis's own, and Xen's whose ABI it speaks. */
#pragma once

#define PARVIS_VERSION "0.1"

/* What xen_version answers: tools look for exactly these. */
#define XEN_ABI_MAJOR        4
#define XEN_ABI_MINOR        17
#define XEN_ABI_EXTRAVERSION "-parvis-" PARVIS_VERSION
