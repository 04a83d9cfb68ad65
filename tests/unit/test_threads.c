/* The production line: every item once and in order, and the first failure wins. */
#include "core/threads.h"

#include "check.h"
#include "core/memory.h"

#include <sched.h>

struct item {
    int number, square;
    char *own; /* kept from use to use */
};

struct line {
    int fills, drains, end, fail_fill, fail_drain, released;
    bool in_order;
};

static int fill(void *context, void *place, struct err *err)
{
    struct line *line = context;
    struct item *item = place;

    if (line->fills == line->fail_fill) {
        err_set(err, "fill failed");
        return -1;
    }
    if (line->fills == line->end) return 0;
    item->number = line->fills++;
    return 1;
}

/* Some items take longer than others, so that they would overtake each other. */
static void work(void *context, void *place)
{
    struct item *item = place;

    (void)context;
    if (!item->own) item->own = mem_alloc(8);
    for (int i = 0; i < item->number % 7 * 3; i++) sched_yield();
    item->square = item->number * item->number;
}

static bool drain(void *context, void *place, struct err *err)
{
    struct line *line = context;
    struct item *item = place;

    line->in_order = line->in_order && item->number == line->drains &&
                     item->square == item->number * item->number;
    if (line->drains == line->fail_drain) return err_set(err, "drain failed");
    line->drains++;
    return true;
}

static void release(void *place)
{
    struct item *item = place;

    mem_free(item->own);
}

static bool run(struct line *line, size_t threads, struct err *err)
{
    struct production production = {.context = line,
                                    .item_size = sizeof(struct item),
                                    .fill = fill,
                                    .work = work,
                                    .drain = drain,
                                    .release = release};

    line->fills = line->drains = 0;
    line->in_order = true;
    return production_run(&production, threads, err);
}

TEST(all_items_in_order)
{
    struct err err;

    for (size_t threads = 0; threads <= 8; threads++)
        for (int end = 0; end < 300; end += end < 10 ? 1 : 97) {
            struct line line = {.end = end, .fail_fill = -1, .fail_drain = -1};

            CHECK(run(&line, threads, &err));
            CHECK(line.in_order && line.drains == end);
        }
}

TEST(failing_fill)
{
    struct err err;

    for (size_t threads = 1; threads <= 8; threads++)
        for (int at = 0; at < 60; at += 7) {
            struct line line = {.end = 100, .fail_fill = at, .fail_drain = -1};

            CHECK(!run(&line, threads, &err));
            CHECK_TEXT(err.text, "fill failed");
            CHECK(line.in_order && line.drains == at); /* what came before is not lost */
        }
}

TEST(failing_drain)
{
    struct err err;

    for (size_t threads = 1; threads <= 8; threads++)
        for (int at = 0; at < 60; at += 7) {
            struct line line = {.end = 100, .fail_fill = at + 3, .fail_drain = at};

            CHECK(!run(&line, threads, &err));
            CHECK_TEXT(err.text, "drain failed"); /* the first in order */
            CHECK(line.in_order && line.drains == at);
        }
}

static int told;

static void failed(const struct err *err)
{
    told += strcmp(err->text, "drain failed") == 0;
}

/* Who may be waiting for input hears of it at once, and of nothing else. */
TEST(telling_of_a_failure)
{
    struct err err;

    for (size_t threads = 1; threads <= 4; threads++) {
        struct line line = {.end = 50, .fail_fill = -1, .fail_drain = 20, .in_order = true};
        struct production production = {&line, sizeof(struct item), fill, work, drain, release,
                                        failed};

        told = 0;
        CHECK(!production_run(&production, threads, &err));
        CHECK_INT(told, 1);
        line = (struct line){.end = 50, .fail_fill = 20, .fail_drain = -1};
        CHECK(!production_run(&production, threads, &err));
        CHECK_INT(told, 1);
    }
}

int main(void)
{
    RUN(all_items_in_order);
    RUN(failing_fill);
    RUN(failing_drain);
    RUN(telling_of_a_failure);
    return check_end();
}
