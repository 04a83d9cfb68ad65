/* Axes, thinned curves, curves of one line, and the picture made of them. */
#include "page/chart.h"
#include "page/sparkline.h"
#include "page/thin.h"

#include "check.h"

static struct buffer out;

static const char *done(void)
{
    buffer_byte(&out, '\0');
    out.len = 0;
    return out.at;
}

/* The words beside all marks. */
static const char *axis(enum scale scale, double low, double high, size_t wanted, bool wide)
{
    struct ticks ticks;

    ticks_find(&ticks, scale, low, high, wanted, wide);
    CHECK(ticks.low < ticks.high && ticks.count <= TICKS_MOST);
    for (size_t i = 0; i < ticks.count; i++) {
        if (i) buffer_byte(&out, ' ');
        ticks_label(&ticks, ticks.at[i], &out);
    }
    return done();
}

TEST(even_axes)
{
    CHECK_TEXT(axis(SCALE_LINEAR, 0, 1, 5, true), "0 0.2 0.4 0.6 0.8 1.0");
    CHECK_TEXT(axis(SCALE_LINEAR, 0.013, 0.047, 4, true), "0.01 0.02 0.03 0.04 0.05");
    CHECK_TEXT(axis(SCALE_LINEAR, 1, 120, 5, false), "20 40 60 80 100 120");
    CHECK_TEXT(axis(SCALE_LINEAR, 0, 20000, 4, true), "0 5,000 10,000 15,000 20,000");
    CHECK_TEXT(axis(SCALE_LINEAR, -1.5, 2, 4, true), "-2 -1 0 1 2");
    CHECK_TEXT(axis(SCALE_LINEAR, 0, 2e-5, 4, true), "0 5e-06 1e-05 1.5e-05 2e-05");
    CHECK_TEXT(axis(SCALE_LINEAR, 3, 3, 3, true), "1 2 3 4 5");
    CHECK_TEXT(axis(SCALE_LINEAR, 0, 0, 2, true), "-0.5 0 0.5");
    axis(SCALE_LINEAR, -1.7e308, 1.7e308, 4, true);
}

TEST(log_axes)
{
    CHECK_TEXT(axis(SCALE_LOG, 0.02, 0.7, 4, false), "0.02 0.05 0.1 0.2 0.5");
    CHECK_TEXT(axis(SCALE_LOG, 0.003, 900, 4, true), "0.001 0.1 10 1000");
    CHECK_TEXT(axis(SCALE_LOG, 0, 4, 4, true), "0 1 2 3 4");
    CHECK_TEXT(axis(SCALE_LOG, 1e-300, 1e300, 3, true), "1e-300 1e-100 1e+100 1e+300");
}

TEST(dates)
{
    const double day = 86400;

    CHECK_TEXT(axis(SCALE_DATE, 20000 * day, 20004 * day, 5, false),
               "10-04 10-05 10-06 10-07 10-08");
    CHECK_TEXT(axis(SCALE_DATE, 20000 * day, 20001 * day, 4, false),
               "10-04 06:00 12:00 18:00 10-05");
    ticks_day(&out, 20000 * day);
    CHECK_TEXT(done(), "2024-10-04");
    ticks_day(&out, NAN);
    CHECK_TEXT(done(), "-");
}

TEST(places)
{
    struct ticks ticks;

    ticks_find(&ticks, SCALE_LINEAR, 0, 10, 5, true);
    CHECK_NEAR(ticks_place(&ticks, 2.5), 0.25, 1e-12);
    ticks_find(&ticks, SCALE_LOG, 0.001, 1000, 5, true);
    CHECK_NEAR(ticks_place(&ticks, 1), 0.5, 1e-12);
    CHECK_NEAR(ticks_place(&ticks, 0), 0, 0);
}

TEST(numbers)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0, "0"},
                 {0.6931471, "0.6931"},
                 {12.3456, "12.35"},
                 {123.456, "123.5"},
                 {1234567, "1,234,567"},
                 {-1000, "-1,000"},
                 {5e-5, "5e-05"},
                 {60, "60"},
                 {1e20, "1e+20"},
                 {NAN, "-"},
                 {INFINITY, "-"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ticks_number(&out, cases[i].value);
        CHECK_TEXT(done(), cases[i].text);
    }
    chart_value(&out, true, 0.5517);
    CHECK_TEXT(done(), "55.2\xc2\xa0%");
}

TEST(thinning)
{
    static double x[20000], y[20000];
    size_t chosen[400], count;
    bool peak = false, dip = false, sorted = true;

    for (size_t i = 0; i < 20000; i++) x[i] = (double)i, y[i] = (double)(i % 10);
    y[7777] = 100;
    y[12345] = -100;
    count = thin_points(x, y, 20000, 400, chosen);
    CHECK(count > 300 && count <= 400);
    CHECK(chosen[0] == 0 && chosen[count - 1] == 19999);
    for (size_t i = 0; i < count; i++) {
        peak |= chosen[i] == 7777;
        dip |= chosen[i] == 12345;
        sorted &= i == 0 || chosen[i] > chosen[i - 1];
    }
    CHECK(peak && dip && sorted);
    CHECK_INT(thin_points(x, y, 5, 400, chosen), 5);
    CHECK_INT(thin_points(x, y, 0, 4, chosen), 0);
    for (size_t i = 0; i < 20000; i++) y[i] = NAN;
    CHECK(thin_points(x, y, 20000, 400, chosen) <= 400);
    for (size_t i = 0; i < 20000; i++) x[i] = 7;
    CHECK(thin_points(x, y, 20000, 4, chosen) <= 4);
}

TEST(one_line)
{
    const double x[] = {0, 1, 2, 3}, y[] = {0, 1, NAN, 2}, flat[] = {5, 5, 5, 5};

    sparkline_add(&out, x, y, 4, 20);
    CHECK_TEXT(done(), "▁▄ █");
    sparkline_add(&out, x, flat, 4, 2);
    CHECK_TEXT(done(), "▄▄");
    sparkline_add(&out, x, flat, 0, 2);
    CHECK_TEXT(done(), "");
}

static const char *picture(const double *x, const double *y, size_t count, bool log)
{
    const struct chart_series series = {TEXT("<a>"), 9, false, true, x, y, count};
    const struct chart_mark mark = {2, 1};
    const struct chart chart = {.title = TEXT("A & B"),
                                .note = TEXT(""),
                                .x_name = TEXT("step"),
                                .may_be_log = log,
                                .has_limit = true,
                                .limit = 3,
                                .series = &series,
                                .count = 1,
                                .marks = &mark,
                                .mark_count = 1,
                                .number = 7};

    chart_html(&out, &chart);
    return done();
}

TEST(pictures)
{
    const double x[] = {1, 2, 3, 4}, y[] = {1, NAN, 2, 4}, none[] = {NAN, NAN, NAN, INFINITY};
    const double steep[] = {0.01, 1, 10, 100};
    const char *text = picture(x, y, 4, true);

    CHECK(strstr(text, "<h3>A &amp; B</h3>") != NULL);
    CHECK(strstr(text, "<span>&lt;a&gt;</span> <b>4</b>") != NULL);
    CHECK(strstr(text, "d=\"M0 750M666.7 500L1000 0\"") != NULL);
    CHECK(strstr(text, "d=\"M0 750h0M666.7 500h0M1000 0h0\"") != NULL);
    CHECK(strstr(text, "limit 3</span>") != NULL);
    CHECK(strstr(text, "[[1,2,3,4],[1,null,2,4]]") != NULL);
    CHECK(strstr(text, "stroke:var(--s1)") != NULL);
    CHECK(strstr(text, "log scale") == NULL);
    CHECK(strstr(picture(x, steep, 4, true), "log scale") != NULL);
    CHECK(strstr(picture(x, steep, 4, false), "log scale") == NULL);
    CHECK_TEXT(picture(x, none, 4, true), "");
    CHECK_TEXT(picture(x, y, 0, true), "");
    CHECK(strstr(picture(x, y, 1, true), "class=\"dot\"") != NULL);
}

int main(void)
{
    RUN(even_axes);
    RUN(log_axes);
    RUN(dates);
    RUN(places);
    RUN(numbers);
    RUN(thinning);
    RUN(one_line);
    RUN(pictures);
    buffer_release(&out);
    return check_end();
}
