/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor's serial port com1, a 16550 or one of its kin.
 *
 * Order: serial_init() once parameters are parsed (it polls and needs no
 * interrupt, no memory); whoever routes ISA interrupts asks serial_irq(),
 * routes that line to serial_interrupt() and then calls
 * serial_enable_interrupt().
 */
#pragma once

#include "lib/types.h"

#define SERIAL_PORT_COUNT 8

/* Finds and sets up the port of boot_params; without one, nothing works on. */
void serial_init(void);
/* First of its SERIAL_PORT_COUNT I/O ports, denied to dom0; 0: no port. */
uint16_t serial_port_base(void);
/* Its ISA interrupt line, denied to dom0; -1: none, the port is polled. */
int serial_irq(void);
/* The line is routed: let the port raise it for each received byte. */
void serial_enable_interrupt(void);
/* That was done; else someone has to call serial_interrupt() now and then. */
bool serial_has_interrupt(void);
/* The line's interrupt, and also what the polling timer calls. */
void serial_interrupt(void);

/*
 * Send, \n as \r\n. Never waits for long, not even for a port that is gone.
 * The caller holds the console lock (or has panicked).
 */
void serial_write(const char *s, size_t n);
