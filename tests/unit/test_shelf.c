/* Pairs put aside and brought into another order. */
#include "records/shelf.h"

#include "check.h"

#include <math.h>

static bool add(struct shelf *shelf, const char *line, double sort_key)
{
    struct shelf_head head = {.swapped = {strlen(line), 3}, .annotator = 5, .len = strlen(line)};
    struct err err;

    return shelf_add(shelf, &head, line, sort_key, &err);
}

/* All lines in order, a space behind each. */
static const char *lines_of(struct shelf *shelf)
{
    static struct buffer all;
    struct buffer line = {0};
    struct shelf_head head;
    struct err err;

    all.len = 0;
    for (size_t i = 0; i < shelf->count; i++) {
        CHECK(shelf_head(shelf, i, &head, &err) && shelf_line(shelf, i, &line, &err));
        CHECK(head.len == line.len && head.swapped.low == line.len && head.annotator == 5);
        buffer_add(&all, line.at, line.len);
        buffer_byte(&all, ' ');
    }
    buffer_byte(&all, '\0');
    buffer_release(&line);
    return all.at;
}

TEST(order)
{
    struct shelf shelf;
    struct err err;

    if (!CHECK(shelf_open(&shelf, &err))) return;
    shelf_sort(&shelf);
    CHECK_TEXT(lines_of(&shelf), "");
    CHECK(add(&shelf, "nan1", NAN) && add(&shelf, "two", 2) && add(&shelf, "one", 1));
    CHECK(add(&shelf, "two-again", 2) && add(&shelf, "nan2", -NAN) && add(&shelf, "minus", -1));
    CHECK(add(&shelf, "", INFINITY));
    CHECK_TEXT(lines_of(&shelf), "nan1 two one two-again nan2 minus  ");
    shelf_sort(&shelf);
    CHECK_TEXT(lines_of(&shelf), "minus one two two-again  nan1 nan2 ");
    shelf_close(&shelf);
    CHECK(shelf.count == 0 && shelf.spool.fd == -1);
}

TEST(many)
{
    struct shelf shelf;
    struct buffer line = {0};
    struct err err;
    char want[32];
    bool good = true;

    if (!CHECK(shelf_open(&shelf, &err))) return;
    for (int i = 0; i < 20000; i++) {
        snprintf(want, sizeof want, "line number %d", i);
        good = good && add(&shelf, want, i * 7919 % 20000);
    }
    shelf_sort(&shelf);
    for (int i = 0; good && i < 20000; i++) {
        good = shelf_line(&shelf, (size_t)(i * 7919 % 20000), &line, &err);
        snprintf(want, sizeof want, "line number %d", i);
        good = good && text_is((struct text){line.at, line.len}, want);
    }
    CHECK(good);
    buffer_release(&line);
    shelf_close(&shelf);
}

int main(void)
{
    RUN(order);
    RUN(many);
    return check_end();
}
