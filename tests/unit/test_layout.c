/* Paths, tiles, and who sees whom: counted one by one. */
#include "attention/layout.h"

#include "check.h"

static const struct segment segments[] = {
    {0, 3, 0, SEGMENT_ROOT}, {3, 2, 3, 0}, {5, 4, 5, 1}, {9, 1, 3, 0}, {10, 2, 4, 3},
    {12, 7, 0, SEGMENT_ROOT}};
static const struct layout layout = {segments, 6, 19, 0};

TEST(paths_start_at_the_root)
{
    size_t path[6];

    CHECK_INT(layout_path(&layout, 0, path), 1);
    CHECK_INT(path[0], 0);
    CHECK_INT(layout_path(&layout, 2, path), 3);
    CHECK(path[0] == 0 && path[1] == 1 && path[2] == 2);
    CHECK_INT(layout_path(&layout, 4, path), 3);
    CHECK(path[0] == 0 && path[1] == 3 && path[2] == 4);
    CHECK_INT(layout_path(&layout, 5, path), 1);
    CHECK_INT(path[0], 5);
}

TEST(who_continues_whom)
{
    for (size_t i = 0; i < 6; i++)
        for (size_t j = 0; j < 6; j++) {
            size_t path[6];
            const size_t depth = layout_path(&layout, i, path);
            bool found = false;

            for (size_t k = 0; k < depth; k++) found = found || path[k] == j;
            CHECK_INT(layout_continues(&layout, i, j), found);
        }
}

TEST(tiles_are_parts_of_segments)
{
    const struct tile whole = tile_of_segment(&layout, 2), part = tile_part(&whole, 3, 2);

    CHECK(whole.segment == 2 && whole.first == 5 && whole.count == 4 && whole.position == 5);
    CHECK(part.segment == 2 && part.first == 8 && part.count == 1 && part.position == 8);
    CHECK_INT(tile_part(&whole, 4, 2).count, 0);
}

static bool sees(size_t window, size_t query, size_t key)
{
    return key <= query && (window == 0 || query - key < window);
}

static void check_spans(size_t window, size_t one, size_t first, size_t count)
{
    const struct span keys = span_of_keys(window, one, first, count);
    const struct span queries = span_of_queries(window, one, first, count);

    CHECK(keys.from <= keys.to && keys.to <= count);
    CHECK(queries.from <= queries.to && queries.to <= count);
    for (size_t i = 0; i < count; i++) {
        CHECK_INT(i >= keys.from && i < keys.to, sees(window, one, first + i));
        CHECK_INT(i >= queries.from && i < queries.to, sees(window, first + i, one));
    }
}

TEST(spans)
{
    const size_t windows[] = {0, 1, 2, 5, 20, SIZE_MAX};

    for (size_t w = 0; w < 6; w++)
        for (size_t one = 0; one < 16; one++)
            for (size_t first = 0; first < 16; first++)
                for (size_t count = 0; count < 7; count++)
                    check_spans(windows[w], one, first, count);
}

int main(void)
{
    RUN(paths_start_at_the_root);
    RUN(who_continues_whom);
    RUN(tiles_are_parts_of_segments);
    RUN(spans);
    return check_end();
}
