/* SPDX-License-Identifier: MIT */
/* nmi_op(cmd, arg): NMIs for dom0's vCPU 0, and why one came. */
#pragma once

#include "xen.h"

#define XENNMI_register_callback   0 /* [xennmi_callback] */
#define XENNMI_unregister_callback 1

/* arch_shared_info.nmi_reason */
#define _XEN_NMIREASON_io_error 0 /* port 0x61 bit 6 */
#define XEN_NMIREASON_io_error  (1 << _XEN_NMIREASON_io_error)
#define _XEN_NMIREASON_pci_serr 1 /* port 0x61 bit 7 */
#define XEN_NMIREASON_pci_serr  (1 << _XEN_NMIREASON_pci_serr)
#define _XEN_NMIREASON_unknown  2
#define XEN_NMIREASON_unknown   (1 << _XEN_NMIREASON_unknown)

#ifndef __ASSEMBLER__

struct xennmi_callback {
    xen_ulong_t handler_address;
    xen_ulong_t pad;
};
ABI_SIZE(struct xennmi_callback, 16, 8);

#endif /* !__ASSEMBLER__ */
