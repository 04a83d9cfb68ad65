#include "generate/stops.h"

#include "check.h"

/* What comes out when the text arrives in pieces of some length. */
static const char *fed(const struct text *texts, size_t count, const char *text, size_t piece)
{
    static char shown[200];
    struct stops stops;
    struct buffer out = {0};
    const size_t len = strlen(text);
    bool found = false;

    stops_init(&stops, texts, count);
    for (size_t at = 0; at < len; at += piece) {
        const size_t some = len - at < piece ? len - at : piece;

        found = stops_feed(&stops, (struct text){text + at, some}, &out);
    }
    stops_end(&stops, &out);
    snprintf(shown, sizeof shown, "%.*s%s", (int)out.len, out.len ? out.at : "", found ? "!" : "");
    stops_release(&stops);
    buffer_release(&out);
    return shown;
}

static void check_all(const struct text *texts, size_t count, const char *text, const char *want)
{
    for (size_t piece = 1; piece <= strlen(text) + 1; piece++)
        CHECK_TEXT(fed(texts, count, text, piece), want);
}

TEST(found_however_it_is_cut)
{
    const struct text texts[] = {TEXT("\n\nUser:"), TEXT("</s>"), TEXT("")};

    check_all(texts, 3, "Hello.\n\nUser: more", "Hello.!");
    check_all(texts, 3, "a</s</s>b", "a</s!");
    check_all(texts, 3, "</s>", "!");
    check_all(texts, 3, "no stop \n\nUse", "no stop \n\nUse");
    check_all(texts, 3, "", "");
}

TEST(beginnings_within_beginnings)
{
    const struct text texts[] = {TEXT("aab"), TEXT("abab")};

    check_all(texts, 2, "aaaab", "aa!");
    check_all(texts, 2, "xababa", "x!");
    check_all(texts, 2, "abaabx", "ab!");
    check_all(texts, 2, "ababx", "!");
}

TEST(which_of_several)
{
    const struct text texts[] = {TEXT("abcd"), TEXT("bc"), TEXT("xbc")};

    check_all(texts, 3, "1abcd", "1a!"); /* 'bc' ends first */
    check_all(texts, 3, "1xbc", "1!");   /* the longest of those that end together */
}

TEST(held_back_until_it_is_sure)
{
    const struct text texts[] = {TEXT("END")};
    struct stops stops;
    struct buffer out = {0};

    stops_init(&stops, texts, 1);
    CHECK(!stops_feed(&stops, TEXT("xE"), &out));
    CHECK_INT(out.len, 1);
    CHECK(!stops_feed(&stops, TEXT("N"), &out));
    CHECK_INT(out.len, 1);
    CHECK(!stops_feed(&stops, TEXT("E"), &out));
    CHECK_INT(out.len, 3);
    CHECK(stops_feed(&stops, TEXT("ND and more"), &out));
    CHECK(stops_feed(&stops, TEXT("more"), &out));
    stops_end(&stops, &out);
    CHECK(out.len == 3 && memcmp(out.at, "xEN", 3) == 0);
    stops_release(&stops);
    buffer_release(&out);
}

TEST(without_any)
{
    check_all(NULL, 0, "abc", "abc");
}

int main(void)
{
    RUN(found_however_it_is_cut);
    RUN(beginnings_within_beginnings);
    RUN(which_of_several);
    RUN(held_back_until_it_is_sure);
    RUN(without_any);
    return check_end();
}
