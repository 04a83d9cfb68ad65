/* Windows: every byte that stops a run of plain text is seen, by both ways of looking. */
#include "records/scan_window.h"

#include "check.h"

#include <stdlib.h>

/* Bytes that are mostly plain, now and then what a run must stop at. */
static void fill_bytes(unsigned char *bytes, size_t len)
{
    static const unsigned char stops[] = {'"', '\\', 0x00, 0x1f, 0x80, 0xff, 0xc3, '\n'};

    for (size_t i = 0; i < len; i++) {
        bytes[i] = (unsigned char)(0x20 + rand() % 0x60);
        if (rand() % 40 == 0) bytes[i] = stops[(size_t)rand() % sizeof stops];
    }
}

static const char *plain_run(const char *at, const char *end)
{
    for (; at < end; at++) {
        unsigned char byte = (unsigned char)*at;

        if (byte < 0x20 || byte >= 0x80 || byte == '"' || byte == '\\') break;
    }
    return at;
}

TEST(windows_see_every_stop)
{
    unsigned char bytes[WINDOW];
    const char *at = (const char *)bytes;

    srand(1);
    for (int round = 0; round < 2000; round++) {
        uint64_t want = 0;

        fill_bytes(bytes, sizeof bytes);
        for (size_t i = 0; i < WINDOW; i++)
            want |= (uint64_t)(plain_run(at + i, at + i + 1) == at + i) << i;
        CHECK(window_stops(at) == want);
        CHECK(window_stops_portable(at) == want);
    }
}

TEST(runs_end_where_they_should)
{
    unsigned char bytes[512];
    const char *start = (const char *)bytes;

    srand(2);
    for (int round = 0; round < 400; round++) {
        bool same = true;

        fill_bytes(bytes, sizeof bytes);
        for (size_t begin = 0; begin < 70; begin++)
            for (size_t len = 0; len < 140; len++) {
                const char *at = start + begin, *end = at + len;

                same = same && window_run(at, end) == plain_run(at, end);
            }
        CHECK(same);
    }
}

TEST(a_window_moves_on)
{
    unsigned char bytes[300];
    const char *start = (const char *)bytes, *end = start + sizeof bytes;
    struct window window;
    bool same = true;

    srand(3);
    fill_bytes(bytes, sizeof bytes);
    window = window_open(start, end);
    for (const char *p = start; p <= end; p += rand() % 5)
        same = same && window_find(&window, p) == plain_run(p, end);
    CHECK(same);
}

TEST(run_stops_at_every_byte)
{
    char text[100];
    bool same = true;

    for (int byte = 0; byte < 256; byte++)
        for (size_t at = 0; at < 70; at++) {
            memset(text, 'x', sizeof text);
            text[at] = (char)byte;
            same = same && plain_run(text, text + 80) == window_run(text, text + 80);
        }
    CHECK(same);
}

TEST(other_letters_are_text)
{
    const char *text = "a\xc3\xbc\xe2\x82\xac\"x";

    CHECK(window_run(text, text + 8) == text + 1);
    CHECK(text_run(text + 1, text + 8) == text + 6);
    CHECK(text_run(text, text) == text);
}

int main(void)
{
    RUN(windows_see_every_stop);
    RUN(runs_end_where_they_should);
    RUN(a_window_moves_on);
    RUN(run_stops_at_every_byte);
    RUN(other_letters_are_text);
    return check_end();
}
