/* Named values and the JSON they become. */
#include "run/figures.h"

#include "check.h"
#include "records/scan.h"

static struct figures entry;

static void check_written(const char *want)
{
    struct buffer out = {0};

    figures_write(&entry, &out);
    buffer_byte(&out, '\0');
    CHECK_TEXT(out.at, want);
    buffer_release(&out);
}

TEST(empty)
{
    check_written("{}");
    CHECK(!figures_find(&entry, "loss"));
    figures_clear(&entry);
    check_written("{}");
}

TEST(all_kinds)
{
    figures_number(&entry, "loss", 0.6931471824645996);
    figures_number(&entry, "rewards/chosen", 0);
    figures_number(&entry, "learning_rate", 5e-5);
    figures_number(&entry, "total_flos", 1e16);
    figures_number(&entry, "num_tokens", 123456789);
    figures_whole(&entry, "step", UINT64_MAX);
    figures_text(&entry, "event", "halve-lr \"\n\xc3\xa9");
    check_written("{\"loss\":0.6931471824645996,\"rewards/chosen\":0.0,\"learning_rate\":5e-05,"
                  "\"total_flos\":1e+16,\"num_tokens\":123456789.0,\"step\":18446744073709551615,"
                  "\"event\":\"halve-lr \\\"\\n\xc3\xa9\"}");
    figures_clear(&entry);
    check_written("{}");
}

TEST(no_number_is_null)
{
    struct buffer out = {0};
    struct scan scan = {0};

    figures_number(&entry, "a", NAN);
    figures_number(&entry, "b", INFINITY);
    figures_number(&entry, "c", -INFINITY);
    figures_number(&entry, "d", -0.0);
    check_written("{\"a\":null,\"b\":null,\"c\":null,\"d\":-0.0}");
    figures_write(&entry, &out);
    CHECK(scan_json(&scan, out.at, out.len));
    CHECK(isnan(figures_find(&entry, "a")->number));
    buffer_release(&out);
    scan_release(&scan);
    figures_clear(&entry);
}

TEST(a_name_stands_once)
{
    char name[] = "b", text[] = "first";

    figures_number(&entry, "a", 1.5);
    figures_text(&entry, name, text);
    name[0] = text[0] = '?'; /* which are copied */
    figures_number(&entry, "c", 2);
    figures_text(&entry, "b", figures_find(&entry, "b")->text);
    check_written("{\"a\":1.5,\"b\":\"first\",\"c\":2.0}");
    figures_whole(&entry, "b", 7);
    figures_text(&entry, "a", "x");
    check_written("{\"a\":\"x\",\"b\":7,\"c\":2.0}");
    CHECK(figures_find(&entry, "b")->number == 7 && figures_find(&entry, "b")->whole == 7);
    CHECK_TEXT(figures_find(&entry, "a")->text, "x");
    CHECK(isnan(figures_find(&entry, "a")->number) && !figures_find(&entry, "d"));
    CHECK_INT(entry.count, 3);
    figures_clear(&entry);
}

TEST(many)
{
    char name[16];

    for (int round = 0; round < 2; round++) {
        for (unsigned i = 0; i < 500; i++) {
            snprintf(name, sizeof name, "x%u", i);
            figures_whole(&entry, name, i);
        }
        CHECK_INT(entry.count, 500);
        CHECK_INT(figures_find(&entry, "x499")->whole, 499);
        figures_clear(&entry);
    }
}

int main(void)
{
    RUN(empty);
    RUN(all_kinds);
    RUN(no_number_is_null);
    RUN(a_name_stands_once);
    RUN(many);
    figures_release(&entry);
    return check_end();
}
