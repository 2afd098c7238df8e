/* SPDX-License-Identifier: MIT */
/*
 * The serial port com1: a 16550 UART, or an older one without FIFO, at a
 * legacy I/O address. Sends by polling, receives by interrupt or polling.
 *
 * Invariant: sending never waits for long: a transmitter that does not empty
 * within WAIT_LOOPS reads is taken for stuck, and until it moves again each
 * byte looks once and is dropped.
 * Locking: sending under the console lock; receiving touches only registers
 * that sending leaves alone.
 */
#include "platform/serial.h"

#include "cpu/insn.h"
#include "debug/console.h"
#include "lib/params.h"
#include "lib/upcall.h"

/* Register offsets and bits (PC16550D data sheet, section 8). */
enum uart_register {
    UART_DATA = 0, /* receive and transmit; divisor low with DLAB */
    UART_IER = 1,  /* interrupt enable; divisor high with DLAB */
    UART_IIR = 2,  /* interrupt identification, read */
    UART_FCR = 2,  /* FIFO control, write */
    UART_LCR = 3,
    UART_MCR = 4,
    UART_LSR = 5,
    UART_SCRATCH = 7,
};
#define IER_RECEIVED         0x01
#define IIR_HAS_FIFO         0xc0
#define FCR_ENABLE_AND_CLEAR 0x07
#define LCR_STOP_2           0x04
#define LCR_DLAB             0x80
#define MCR_DTR              0x01
#define MCR_RTS              0x02
#define MCR_OUT2             0x08 /* lets the interrupt line through on a PC */
#define LSR_RECEIVED         0x01
#define LSR_SENT             0x20

#define CLOCK_BAUD           115200
#define FIFO_BYTES           16
/* About 0.3 s at 1 us a read: a full FIFO at 600 baud. */
#define WAIT_LOOPS 300000
/* Bytes taken by one interrupt, far more than any FIFO holds. */
#define RECEIVE_MAX 256

static struct {
    uint16_t base; /* 0: no port */
    bool is_stuck;
    bool has_interrupt;
    char last;     /* byte sent last */
    unsigned room; /* bytes that the transmitter surely takes now */
    unsigned fifo; /* bytes it takes when it is empty */
} serial;

static uint8_t uart_read(enum uart_register reg)
{
    return inb((uint16_t)(serial.base + reg));
}

static void uart_write(enum uart_register reg, uint8_t v)
{
    outb((uint16_t)(serial.base + reg), v);
}

/* A bus without a device reads as all ones and keeps nothing. */
static bool uart_is_there(void)
{
    uart_write(UART_SCRATCH, 0x5a);
    if (uart_read(UART_SCRATCH) != 0x5a)
        return false;
    uart_write(UART_SCRATCH, 0xa5);
    return uart_read(UART_SCRATCH) == 0xa5 && uart_read(UART_LSR) != 0xff;
}

static uint8_t line_control(const struct param_serial *p)
{
    uint8_t parity = 0;

    switch (p->parity) {
    case 'o':
        parity = 1;
        break;
    case 'e':
        parity = 3;
        break;
    case 'm':
        parity = 5;
        break;
    case 's':
        parity = 7;
        break;
    }
    return (uint8_t)((p->data_bits - 5) | parity << 3 |
                     (p->stop_bits == 2 ? LCR_STOP_2 : 0));
}

void serial_init(void)
{
    const struct param_serial *p = &boot_params.com1;
    uint8_t lcr = line_control(p);

    serial.base = p->port;
    if (!uart_is_there()) {
        serial.base = 0;
        return;
    }
    uart_write(UART_IER, 0);
    if (p->baud) {
        unsigned divisor = CLOCK_BAUD / p->baud;

        uart_write(UART_LCR, lcr | LCR_DLAB);
        uart_write(UART_DATA, (uint8_t)divisor);
        uart_write(UART_IER, (uint8_t)(divisor >> 8));
    }
    uart_write(UART_LCR, lcr);
    uart_write(UART_FCR, FCR_ENABLE_AND_CLEAR);
    uart_write(UART_MCR, MCR_DTR | MCR_RTS | MCR_OUT2);
    serial.fifo =
        (uart_read(UART_IIR) & IIR_HAS_FIFO) == IIR_HAS_FIFO ? FIFO_BYTES : 1;
}

uint16_t serial_port_base(void)
{
    return serial.base;
}

int serial_irq(void)
{
    return serial.base && boot_params.com1.irq ? boot_params.com1.irq : -1;
}

void serial_enable_interrupt(void)
{
    if (!serial.base)
        return;
    serial.has_interrupt = true;
    uart_write(UART_IER, IER_RECEIVED);
    /* What came before would not raise an edge any more. */
    serial_interrupt();
}

bool serial_has_interrupt(void)
{
    return serial.has_interrupt;
}

void serial_interrupt(void)
{
    char buf[RECEIVE_MAX];
    size_t n = 0;

    if (!serial.base)
        return;
    (void)uart_read(UART_IIR);
    while (n < RECEIVE_MAX && uart_read(UART_LSR) & LSR_RECEIVED)
        buf[n++] = (char)uart_read(UART_DATA);
    console_receive(buf, n);
}

/* True: the transmitter takes a byte. */
static bool wait_for_room(void)
{
    unsigned loops = serial.is_stuck ? 1 : WAIT_LOOPS;

    for (; loops; loops--) {
        if (uart_read(UART_LSR) & LSR_SENT) {
            serial.is_stuck = false;
            serial.room = serial.fifo;
            return true;
        }
        /* Others may wait for this CPU to flush its TLB. */
        upcall_spin_relax();
        cpu_relax();
    }
    serial.is_stuck = true;
    return false;
}

static void send(char c)
{
    if (!serial.room && !wait_for_room())
        return;
    serial.room--;
    uart_write(UART_DATA, (uint8_t)c);
}

void serial_write(const char *s, size_t n)
{
    if (!serial.base)
        return;
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '\n' && serial.last != '\r')
            send('\r');
        send(s[i]);
        serial.last = s[i];
    }
}
