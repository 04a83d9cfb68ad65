#include "check.h"
#include "core/clock.h"

static const char *shown(double seconds)
{
    static char text[32];

    clock_show(text, sizeof text, seconds);
    return text;
}

TEST(seconds_as_people_read_them)
{
    CHECK_TEXT(shown(-3), "0:00");
    CHECK_TEXT(shown(0.4), "0:00");
    CHECK_TEXT(shown(59.6), "1:00");
    CHECK_TEXT(shown(245), "4:05");
    CHECK_TEXT(shown(3599.4), "59:59");
    CHECK_TEXT(shown(3600), "1:00:00");
    CHECK_TEXT(shown(90061), "25:01:01");
}

TEST(the_clock_does_not_go_back)
{
    double before = clock_seconds();

    for (int i = 0; i < 1000; i++) {
        const double now = clock_seconds();

        if (!CHECK(now >= before)) return;
        before = now;
    }
}

int main(void)
{
    RUN(seconds_as_people_read_them);
    RUN(the_clock_does_not_go_back);
    return check_end();
}
