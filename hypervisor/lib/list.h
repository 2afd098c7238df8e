/* SPDX-License-Identifier: MIT */
/* Circular doubly linked list with an embedded node. */
#pragma once

#include "lib/types.h"

struct list {
    struct list *next, *prev;
};

#define LIST_INIT(name)  \
    {                    \
        &(name), &(name) \
    }

static inline void list_init(struct list *l)
{
    l->next = l->prev = l;
}

static inline bool list_is_empty(const struct list *l)
{
    return l->next == l;
}

/* Insert `node` right after `at`. */
static inline void list_add(struct list *node, struct list *at)
{
    node->next = at->next;
    node->prev = at;
    at->next->prev = node;
    at->next = node;
}

/* Insert `node` right before `at`: at the tail when `at` is the head. */
static inline void list_add_tail(struct list *node, struct list *at)
{
    list_add(node, at->prev);
}

/* Remove and leave the node as an empty list, so removing twice is safe. */
static inline void list_del(struct list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    list_init(node);
}

#define LIST_ENTRY(node, type, member) CONTAINER_OF(node, type, member)
#define LIST_FIRST(head, type, member) LIST_ENTRY((head)->next, type, member)
#define LIST_FOR_EACH(pos, head) \
    for ((pos) = (head)->next; (pos) != (head); (pos) = (pos)->next)
/* Safe against removal of `pos`. */
#define LIST_FOR_EACH_SAFE(pos, tmp, head)                           \
    for ((pos) = (head)->next, (tmp) = (pos)->next; (pos) != (head); \
         (pos) = (tmp), (tmp) = (pos)->next)
