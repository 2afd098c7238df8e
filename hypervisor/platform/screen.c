/* SPDX-License-Identifier: MIT */
/*
 * Text on VGA text memory or on a linear framebuffer. All text is in `cells`;
 * video memory only shows it and is never read, since reading it is slow.
 *
 * Invariant: without parameter console=vga it is known, for dom0, but not drawn
 * on.
 * Invariant: while video memory is mapped it shows `cells`; while it is not,
 * text still goes to `cells` and shows up when screen_init() maps it.
 * Locking: the console lock.
 */
#include "platform/screen.h"

#include "abi/xen.h"
#include "cpu/insn.h"
#include "debug/console.h"
#include "lib/boot_info.h"
#include "lib/params.h"
#include "lib/string.h"
#include "mm/map.h"
#include "platform/font.h"

#define COLUMNS_MAX      240
#define ROWS_MAX         80
#define VGA_TEXT_BASE    0xb8000
#define VGA_TEXT_BYTES   0x8000
#define VGA_ATTRIBUTE    0x0700 /* light grey on black */
#define VGA_CRTC         0x3d4
#define CRTC_CURSOR_HIGH 0x0e
#define CRTC_CURSOR_LOW  0x0f
/* A framebuffer scrolls by so many rows at once: each scroll draws much. */
#define SCROLL_ROWS    8
#define TAB_COLUMNS    8
#define BOOT_MAP_BYTES (4UL << 30)
#define LFB_SIZE_UNIT  65536

static struct {
    enum boot_screen_kind kind; /* SCREEN_NONE: off */
    volatile uint8_t *memory;   /* NULL: not mapped, nothing is drawn */
    uint64_t early_root;        /* the only CR3 with which `memory` is mapped */
    uint64_t base;
    size_t bytes;
    unsigned columns, rows, x, y;
    unsigned pitch, pixel_bytes;
    uint32_t colour;
    enum {
        PLAIN,
        ESCAPE,
        ESCAPE_CSI
    } escape;
} screen;

static char cells[ROWS_MAX * COLUMNS_MAX];

static char *cell_at(unsigned column, unsigned row)
{
    return &cells[row * COLUMNS_MAX + column];
}

static void setup_text(const struct boot_screen *b)
{
    screen.kind = SCREEN_TEXT;
    screen.base = b->base ? b->base : VGA_TEXT_BASE;
    screen.bytes = VGA_TEXT_BYTES;
    screen.columns = b->width ? b->width : 80;
    screen.rows = b->height ? b->height : 25;
    screen.pitch = screen.columns * 2;
    if (screen.columns > COLUMNS_MAX || screen.rows > ROWS_MAX ||
        screen.pitch * screen.rows > VGA_TEXT_BYTES)
        screen.kind = SCREEN_NONE;
}

/* Light grey in the framebuffer's own arrangement of colours. */
static uint32_t grey(const struct boot_screen *b)
{
    uint8_t pos[3] = {b->red_pos, b->green_pos, b->blue_pos};
    uint8_t size[3] = {b->red_size, b->green_size, b->blue_size};
    uint32_t colour = 0;

    for (unsigned i = 0; i < 3; i++)
        if (pos[i] < 32 && size[i] <= 8)
            colour |= (0xb0U >> (8 - size[i])) << pos[i];
    return colour ? colour : ~0U;
}

static void setup_framebuffer(const struct boot_screen *b)
{
    screen.pixel_bytes = (b->bpp + 7U) / 8;
    screen.base = b->base;
    screen.pitch = b->pitch;
    screen.bytes = (size_t)b->pitch * b->height;
    screen.columns = MIN(b->width / FONT_WIDTH, COLUMNS_MAX);
    screen.rows = MIN(b->height / FONT_HEIGHT, ROWS_MAX);
    screen.colour = grey(b);
    if (b->base && screen.pixel_bytes >= 2 && screen.pixel_bytes <= 4 &&
        screen.rows > SCROLL_ROWS && screen.columns &&
        (uint64_t)b->width * screen.pixel_bytes <= b->pitch)
        screen.kind = SCREEN_FRAMEBUFFER;
}

static void setup(void)
{
    const struct boot_screen *b = &boot_info.screen;

    if (b->kind == SCREEN_TEXT)
        setup_text(b);
    else if (b->kind == SCREEN_FRAMEBUFFER)
        setup_framebuffer(b);
    memset(cells, ' ', sizeof(cells));
}

static void draw_pixel(volatile uint8_t *p, uint32_t v)
{
    switch (screen.pixel_bytes) {
    case 2:
        *(volatile uint16_t *)p = (uint16_t)v;
        break;
    case 3:
        p[0] = (uint8_t)v;
        p[1] = (uint8_t)(v >> 8);
        p[2] = (uint8_t)(v >> 16);
        break;
    case 4:
        *(volatile uint32_t *)p = v;
        break;
    }
}

static void draw_glyph(unsigned column, unsigned row, char c)
{
    volatile uint8_t *line = screen.memory +
                             (size_t)row * FONT_HEIGHT * screen.pitch +
                             column * FONT_WIDTH * screen.pixel_bytes;

    for (unsigned y = 0; y < FONT_HEIGHT; y++, line += screen.pitch) {
        uint8_t bits = font_row(c, y);

        for (unsigned x = 0; x < FONT_WIDTH; x++)
            draw_pixel(line + x * screen.pixel_bytes,
                       bits >> (FONT_WIDTH - 1 - x) & 1 ? screen.colour : 0);
    }
}

/* The boot root's mapping is out of sight while another root is loaded. */
static bool is_mapped(void)
{
    return screen.memory &&
           (!screen.early_root || screen.early_root == read_cr3());
}

static void draw_cell(unsigned column, unsigned row)
{
    char c = *cell_at(column, row);

    if (!is_mapped())
        return;
    if (screen.kind == SCREEN_TEXT)
        *(volatile uint16_t *)(screen.memory + row * screen.pitch +
                               column * 2) =
            (uint16_t)(VGA_ATTRIBUTE | (uint8_t)c);
    else
        draw_glyph(column, row, c);
}

/* Also clears what the boot loader drew, beside and between the cells. */
static void draw_all(void)
{
    bool is_blank = screen.kind == SCREEN_FRAMEBUFFER && is_mapped();

    if (is_blank)
        memset((void *)(uintptr_t)screen.memory, 0, screen.bytes);
    for (unsigned row = 0; row < screen.rows; row++)
        for (unsigned column = 0; column < screen.columns; column++)
            if (!is_blank || *cell_at(column, row) != ' ')
                draw_cell(column, row);
}

static void move_cursor(void)
{
    unsigned at = screen.y * screen.columns + screen.x;

    if (screen.kind != SCREEN_TEXT || !is_mapped())
        return;
    outb(VGA_CRTC, CRTC_CURSOR_HIGH);
    outb(VGA_CRTC + 1, (uint8_t)(at >> 8));
    outb(VGA_CRTC, CRTC_CURSOR_LOW);
    outb(VGA_CRTC + 1, (uint8_t)at);
}

static void set_cell(unsigned column, unsigned row, char c)
{
    char *cell = cell_at(column, row);

    if (*cell == c)
        return;
    *cell = c;
    draw_cell(column, row);
}

static void scroll(void)
{
    unsigned by = screen.kind == SCREEN_TEXT ? 1 : SCROLL_ROWS;

    for (unsigned row = 0; row < screen.rows; row++)
        for (unsigned column = 0; column < screen.columns; column++)
            set_cell(column, row,
                     row + by < screen.rows ? *cell_at(column, row + by) : ' ');
    screen.y -= by;
}

static void new_line(void)
{
    screen.x = 0;
    if (++screen.y == screen.rows)
        scroll();
}

/* True: `c` belongs to an escape sequence and is not shown. */
static bool skip_escape(char c)
{
    switch (screen.escape) {
    case PLAIN:
        if (c == '\033')
            screen.escape = ESCAPE;
        return c == '\033';
    case ESCAPE:
        screen.escape = c == '[' ? ESCAPE_CSI : PLAIN;
        return true;
    case ESCAPE_CSI:
        if (c >= '@' && c <= '~')
            screen.escape = PLAIN;
        return true;
    }
    return false;
}

static void put(char c)
{
    if (skip_escape(c))
        return;
    switch (c) {
    case '\n':
        new_line();
        return;
    case '\r':
        screen.x = 0;
        return;
    case '\b':
        screen.x -= screen.x > 0;
        return;
    case '\t':
        screen.x = ROUND_DOWN(screen.x, TAB_COLUMNS) + TAB_COLUMNS;
        if (screen.x >= screen.columns)
            new_line();
        return;
    }
    if (c < ' ' || c > '~')
        return;
    if (screen.x == screen.columns)
        new_line();
    set_cell(screen.x++, screen.y, c);
}

void screen_write(const char *s, size_t n)
{
    if (screen.kind == SCREEN_NONE || !boot_params.console_vga)
        return;
    for (size_t i = 0; i < n; i++)
        put(s[i]);
    move_cursor();
}

void screen_init_early(void)
{
    setup();
    if (screen.kind == SCREEN_NONE || !boot_params.console_vga ||
        screen.base + screen.bytes > BOOT_MAP_BYTES)
        return;
    screen.early_root = read_cr3();
    screen.memory = paddr_to_virt(PADDR(screen.base));
    draw_all();
}

void screen_fall_back(void)
{
    if (!screen.early_root || read_cr3() == screen.early_root)
        return;
    write_cr3(screen.early_root);
    draw_all();
    move_cursor();
}

void screen_init(void)
{
    volatile uint8_t *memory;
    bool locked;

    if (screen.kind == SCREEN_NONE || !boot_params.console_vga)
        return;
    /* Writes to a framebuffer may be combined; it is never read. */
    memory = map_mmio(PADDR(screen.base), screen.bytes,
                      screen.kind == SCREEN_TEXT ? MMIO_UC : MMIO_WC);
    locked = console_lock();
    screen.early_root = 0;
    screen.memory = memory;
    draw_all();
    move_cursor();
    console_unlock(locked);
}

static void describe_framebuffer(struct dom0_vga_console_info *out)
{
    const struct boot_screen *b = &boot_info.screen;
    uint64_t units = (screen.bytes + LFB_SIZE_UNIT - 1) / LFB_SIZE_UNIT;

    out->video_type =
        boot_info.is_uefi ? XEN_VGATYPE_EFI_LFB : XEN_VGATYPE_VESA_LFB;
    out->u.vesa_lfb.width = (uint16_t)b->width;
    out->u.vesa_lfb.height = (uint16_t)b->height;
    out->u.vesa_lfb.bytes_per_line = (uint16_t)b->pitch;
    out->u.vesa_lfb.bits_per_pixel = b->bpp;
    out->u.vesa_lfb.lfb_base = (uint32_t)b->base;
    out->u.vesa_lfb.ext_lfb_base = (uint32_t)(b->base >> 32);
    out->u.vesa_lfb.lfb_size = (uint32_t)units;
    out->u.vesa_lfb.red_pos = b->red_pos;
    out->u.vesa_lfb.red_size = b->red_size;
    out->u.vesa_lfb.green_pos = b->green_pos;
    out->u.vesa_lfb.green_size = b->green_size;
    out->u.vesa_lfb.blue_pos = b->blue_pos;
    out->u.vesa_lfb.blue_size = b->blue_size;
    if (b->bpp == 32 && b->red_pos < 24 && b->green_pos < 24 &&
        b->blue_pos < 24) {
        out->u.vesa_lfb.rsvd_pos = 24;
        out->u.vesa_lfb.rsvd_size = 8;
    }
}

static void describe_text(struct dom0_vga_console_info *out)
{
    out->video_type = XEN_VGATYPE_TEXT_MODE_3;
    out->u.text_mode_3.font_height = FONT_HEIGHT;
    out->u.text_mode_3.cursor_x = (uint16_t)MIN(screen.x, screen.columns - 1);
    out->u.text_mode_3.cursor_y = (uint16_t)screen.y;
    out->u.text_mode_3.rows = (uint16_t)screen.rows;
    out->u.text_mode_3.columns = (uint16_t)screen.columns;
}

bool screen_release_to_dom0(struct dom0_vga_console_info *out)
{
    volatile uint8_t *memory = NULL;
    enum boot_screen_kind kind = screen.kind;
    bool locked;

    memset(out, 0, sizeof(*out));
    if (kind == SCREEN_NONE)
        return false;
    locked = console_lock();
    if (kind == SCREEN_TEXT)
        describe_text(out);
    else
        describe_framebuffer(out);
    if (!boot_params.vga_keep) {
        memory = screen.early_root ? NULL : screen.memory;
        screen.memory = NULL;
        screen.kind = SCREEN_NONE;
    }
    console_unlock(locked);
    /* Not under the lock: this flushes TLBs. */
    if (memory)
        unmap_mmio((void *)(uintptr_t)memory, screen.bytes);
    return true;
}
