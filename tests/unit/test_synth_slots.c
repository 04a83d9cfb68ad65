/* What the generator's texts are filled with: slots and moments. */
#include "core/memory.h"
#include "synth/synth_moments.h"
#include "synth/synth_slots.h"

#include "check.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DRAWS = 500 };

static struct random random_numbers;

static const char *filled(struct slots *slots, const char *pattern)
{
    static struct buffer out;

    out.len = 0;
    slots_fill(slots, pattern, &out);
    buffer_byte(&out, '\0');
    return out.at;
}

static struct slots start(void)
{
    random_init(&random_numbers, 1);
    return (struct slots){.random = &random_numbers};
}

TEST(a_slot_keeps_its_value)
{
    struct slots slots = start();
    char first[80];

    CHECK_TEXT(filled(&slots, "no slot"), "no slot");
    snprintf(first, sizeof first, "%s", filled(&slots, "{city} {a:10-99} {city2}"));
    CHECK_TEXT(filled(&slots, "{city} {a} {city2}"), first);
    slots_bind(&slots, "why", TEXT("the reason is this"));
    CHECK_TEXT(filled(&slots, "{why} {why^}"), "the reason is this The reason is this");
    slots_bind(&slots, "why", TEXT("another"));
    CHECK_TEXT(filled(&slots, "{why}"), "another");
    slots_release(&slots);
}

TEST(two_slots_of_a_list_differ)
{
    struct slots slots = start();

    for (int i = 0; i < DRAWS; i++) {
        slots_clear(&slots);
        slots.heldout = i % 2;
        CHECK(strcmp(filled(&slots, "{month}"), "") != 0);
        char first[40];
        snprintf(first, sizeof first, "%s", filled(&slots, "{month}"));
        CHECK(strcmp(filled(&slots, "{month2}"), first) != 0);
    }
    slots_release(&slots);
}

TEST(numbers_stay_in_their_range)
{
    struct slots slots = start();
    bool low = false, high = false;

    for (int i = 0; i < DRAWS; i++) {
        double m;

        slots_clear(&slots);
        m = strtod(filled(&slots, "{m:1.05-1.30/0.05}"), NULL);
        CHECK(m > 1.049 && m < 1.301);
        CHECK_INT(strlen(filled(&slots, "{m}")), 4);
        CHECK(strchr("05", filled(&slots, "{m}")[3]) != NULL);
        low |= m < 1.051;
        high |= m > 1.299;
    }
    CHECK(low && high);
    CHECK_TEXT(filled(&slots, "{a:1234567-1234567} {a,}"), "1234567 1,234,567");
    CHECK_TEXT(filled(&slots, "{b:123-123} {b,}"), "123 123");
    CHECK_TEXT(filled(&slots, "{c:1000.50-1000.50} {c,}"), "1000.50 1,000.50");
    slots_release(&slots);
}

TEST(the_tool_gets_the_plain_form)
{
    struct slots slots = start();

    for (int i = 0; i < DRAWS; i++) {
        const char *text;

        slots_clear(&slots);
        text = filled(&slots, "{animal=}");
        CHECK(strncmp(text, "a ", 2) != 0 && strncmp(text, "an ", 3) != 0);
        text = filled(&slots, "{animal^}");
        CHECK(*text >= 'A' && *text <= 'Z');
        text = filled(&slots, "{length=}");
        CHECK(strstr(text, " min") != NULL && strtol(text, NULL, 10) % 5 == 0);
        CHECK(!strpbrk(filled(&slots, "{ask}{end}{hi}{bye}"), "{}|"));
    }
    slots_release(&slots);
}

TEST(a_slot_drawn_again_differs)
{
    struct slots slots = start();
    const char *pattern = "{date} {n:1-3}";
    struct slot *slot;

    for (int i = 0; i < DRAWS; i++) {
        char before[40];
        const char *rest = pattern;

        slots_clear(&slots);
        slot = slots_next(&slots, &rest);
        CHECK(slot_is_number(&slots, slot));
        snprintf(before, sizeof before, "%s", filled(&slots, "{date=}"));
        slots_redraw(&slots, slot);
        CHECK(strcmp(filled(&slots, "{date=}"), before) != 0);
        CHECK(slots_next(&slots, &rest) != NULL);
        CHECK(slots_next(&slots, &rest) == NULL);
    }
    slots_release(&slots);
}

/* The weekday that is said is the one of the date. */
TEST(dates_exist)
{
    static const char *const names[] = {"Sunday,",   "Monday,", "Tuesday,", "Wednesday,",
                                        "Thursday,", "Friday,", "Saturday,"};

    random_init(&random_numbers, 2);
    for (int i = 0; i < DRAWS; i++) {
        struct moment moment;
        struct tm date = {0}, back;
        time_t seconds;
        char plain[24];

        CHECK(moment_draw(TEXT("date"), &random_numbers, &moment));
        CHECK_INT(sscanf(moment.plain, "%d-%d-%d", &date.tm_year, &date.tm_mon, &date.tm_mday), 3);
        date.tm_year -= 1900;
        date.tm_mon -= 1;
        seconds = timegm(&date);
        gmtime_r(&seconds, &back);
        strftime(plain, sizeof plain, "%Y-%m-%d", &back);
        CHECK_TEXT(moment.plain, plain);
        if (strstr(moment.shown, "day,"))
            CHECK(strncmp(moment.shown, names[back.tm_wday], strlen(names[back.tm_wday])) == 0);
    }
}

TEST(moments_have_names)
{
    struct moment moment;

    random_init(&random_numbers, 3);
    for (int i = 0; i < DRAWS; i++) {
        CHECK(moment_draw(TEXT("time"), &random_numbers, &moment));
        CHECK_INT(strlen(moment.plain), 5);
        CHECK(moment_draw(TEXT("when"), &random_numbers, &moment));
        CHECK(!strncmp(moment.shown, "on ", 3) || !strcmp(moment.shown, moment.plain));
        CHECK(moment_draw(TEXT("weekday"), &random_numbers, &moment));
        CHECK(strstr(moment.plain, "day") != NULL);
    }
    CHECK(!moment_draw(TEXT("dates"), &random_numbers, &moment));
}

int main(void)
{
    RUN(a_slot_keeps_its_value);
    RUN(two_slots_of_a_list_differ);
    RUN(numbers_stay_in_their_range);
    RUN(the_tool_gets_the_plain_form);
    RUN(a_slot_drawn_again_differs);
    RUN(dates_exist);
    RUN(moments_have_names);
    return check_end();
}
