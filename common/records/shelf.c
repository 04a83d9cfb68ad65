#include "records/shelf.h"

#include <math.h>
#include <stdlib.h>

bool shelf_open(struct shelf *shelf, struct err *err)
{
    *shelf = (struct shelf){0};
    return spool_open(&shelf->spool, err);
}

bool shelf_add(struct shelf *shelf, const struct shelf_head *head, const char *line,
               double sort_key, struct err *err)
{
    struct shelf_item item = {.sort_key = sort_key};
    uint64_t text;

    shelf->items = mem_room(shelf->items, shelf->count, &shelf->room, sizeof *shelf->items);
    if (!spool_add(&shelf->spool, head, sizeof *head, &item.begin, err) ||
        !spool_add(&shelf->spool, line, head->len, &text, err))
        return false;
    shelf->items[shelf->count++] = item;
    return true;
}

bool shelf_head(struct shelf *shelf, size_t item, struct shelf_head *head, struct err *err)
{
    return spool_read(&shelf->spool, shelf->items[item].begin, head, sizeof *head, err);
}

bool shelf_line(struct shelf *shelf, size_t item, struct buffer *out, struct err *err)
{
    struct shelf_head head;

    if (!shelf_head(shelf, item, &head, err)) return false;
    out->len = 0;
    buffer_reserve(out, head.len);
    out->len = head.len;
    return spool_read(&shelf->spool, shelf->items[item].begin + sizeof head, out->at, head.len,
                      err);
}

/* The place in the spool is the place in the input. */
static int by_key(const void *a, const void *b)
{
    const struct shelf_item *x = a, *y = b;

    if (isnan(x->sort_key) != isnan(y->sort_key)) return isnan(x->sort_key) ? 1 : -1;
    if (x->sort_key < y->sort_key) return -1;
    if (x->sort_key > y->sort_key) return 1;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

void shelf_sort(struct shelf *shelf)
{
    if (shelf->count) qsort(shelf->items, shelf->count, sizeof *shelf->items, by_key);
}

void shelf_close(struct shelf *shelf)
{
    spool_close(&shelf->spool);
    mem_free(shelf->items);
    seen_release(&shelf->pairs);
    *shelf = (struct shelf){.spool.fd = -1};
}
