/* SPDX-License-Identifier: MIT */
/* The timer heap: random operations, its shape checked after each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/assert.h"
#include "time/timer_heap.h"

#define TIMERS 200

void panic(const char *fmt, ...)
{
    fail_msg("panic: %s", fmt);
    abort();
}

static struct timer timers[TIMERS];

/* Check the tree below `t`, which is node `n`; returns how many it has. */
static uint32_t check(const struct timer_heap *h, const struct timer *t,
                      const struct timer *parent, uint32_t n)
{
    if (!t)
        return 0;
    assert_true(t->is_queued);
    assert_ptr_equal(t->parent, parent);
    /* Complete and filled from the left: no number beyond the count. */
    assert_in_range(n, 1, h->count);
    if (parent)
        assert_true(parent->deadline_ns <= t->deadline_ns);
    return 1 + check(h, t->left, t, 2 * n) + check(h, t->right, t, 2 * n + 1);
}

static void random_operations_keep_the_shape(void **state)
{
    struct timer_heap h = {0};

    (void)state;
    for (unsigned i = 0; i < 200000; i++) {
        struct timer *t = &timers[(unsigned)rand() % TIMERS];
        uint32_t queued = 0;

        if (t->is_queued) {
            timer_heap_remove(&h, t);
        } else {
            /* Few different deadlines, so that many are equal. */
            t->deadline_ns = (uint64_t)rand() % (i % 2 ? 8 : 1000000);
            timer_heap_insert(&h, t);
        }
        if (i % 16)
            continue;
        for (unsigned j = 0; j < TIMERS; j++)
            queued += timers[j].is_queued;
        assert_int_equal(h.count, queued);
        assert_int_equal(check(&h, h.root, NULL, 1), queued);
    }
    while (h.root)
        timer_heap_remove(&h, h.root);
    assert_int_equal(h.count, 0);
}

static void the_root_rises(void **state)
{
    struct timer_heap h = {0};
    uint64_t last = 0;

    (void)state;
    for (unsigned i = 0; i < TIMERS; i++) {
        timers[i].deadline_ns = (uint64_t)rand();
        timer_heap_insert(&h, &timers[i]);
    }
    while (h.root) {
        assert_true(h.root->deadline_ns >= last);
        last = h.root->deadline_ns;
        timer_heap_remove(&h, h.root);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_operations_keep_the_shape),
        cmocka_unit_test(the_root_rises),
    };

    srand(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
