#include "core/number.h"

#include "check.h"

#include <stdint.h>

TEST(sizes_are_written_as_options_take_them)
{
    static const struct {
        size_t bytes;
        const char *down, *up;
    } cases[] = {{0, "0", "0"},
                 {1000, "1000", "1000"},
                 {10239, "10239", "10239"},
                 {10241, "10K", "11K"},
                 {2048, "2K", "2K"},
                 {(size_t)24 << 20, "24M", "24M"},
                 {((size_t)24 << 20) + 1, "24M", "25M"},
                 {((size_t)9 << 20) + 1, "9216K", "9217K"},
                 {(size_t)8 << 30, "8G", "8G"},
                 {SIZE_MAX, "16777215T", "16777216T"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[SIZE_TEXT];

        CHECK_TEXT(write_size(text, cases[i].bytes, false), cases[i].down);
        CHECK_TEXT(write_size(text, cases[i].bytes, true), cases[i].up);
    }
}

int main(void)
{
    RUN(sizes_are_written_as_options_take_them);
    return check_end();
}
