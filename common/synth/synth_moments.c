#include "synth/synth_moments.h"

#include <stdio.h>

#define FIRST_YEAR 2026
#define YEARS 4

static const char *const month_names[] = {"January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December"};
static const char *const weekday_names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                            "Thursday", "Friday", "Saturday"};
static const char *const weekday_words[] = {"sunday",   "monday", "tuesday", "wednesday",
                                            "thursday", "friday", "saturday"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static unsigned upto(struct random *random, size_t max)
{
    return (unsigned)random_upto(random, max);
}

/* Sakamoto's rule; month from 1. */
static unsigned weekday_of(unsigned year, unsigned month, unsigned day)
{
    static const unsigned shift[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};

    if (month < 3) year--;
    return (year + year / 4 - year / 100 + year / 400 + shift[month - 1] + day) % 7;
}

static unsigned days_in(unsigned year, unsigned month)
{
    static const unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && year % 4 == 0);
}

static void draw_date(struct random *random, struct moment *moment)
{
    unsigned year = FIRST_YEAR + upto(random, YEARS - 1), month = 1 + upto(random, 11);
    unsigned day = 1 + upto(random, days_in(year, month) - 1);
    const char *name = month_names[month - 1];
    const char *weekday = weekday_names[weekday_of(year, month, day)];
    char *shown = moment->shown;
    size_t room = sizeof moment->shown;

    snprintf(moment->plain, sizeof moment->plain, "%04u-%02u-%02u", year, month, day);
    switch (upto(random, 4)) {
    case 0: snprintf(shown, room, "%u %s %u", day, name, year); break;
    case 1: snprintf(shown, room, "%s %u, %u", name, day, year); break;
    case 2: snprintf(shown, room, "%s, %u %s %u", weekday, day, name, year); break;
    case 3: snprintf(shown, room, "%s, %s %u, %u", weekday, name, day, year); break;
    default: snprintf(shown, room, "%s", moment->plain);
    }
}

/* Every quarter of an hour from 07:00 to 20:45. */
static void draw_time(struct random *random, struct moment *moment)
{
    unsigned hour = 7 + upto(random, 13), minute = 15 * upto(random, 3);
    unsigned twelve = hour > 12 ? hour - 12 : hour;
    const char *half = hour < 12 ? "am" : "pm";

    snprintf(moment->plain, sizeof moment->plain, "%02u:%02u", hour, minute);
    switch (upto(random, 2)) {
    case 0:
        snprintf(moment->shown, sizeof moment->shown, "%u:%02u %s", twelve, minute, half);
        break;
    case 1:
        if (minute == 0) {
            snprintf(moment->shown, sizeof moment->shown, "%u %s", twelve, half);
            break;
        }
        /* fall through */
    default: snprintf(moment->shown, sizeof moment->shown, "%s", moment->plain);
    }
}

static void draw_weekday(struct random *random, struct moment *moment)
{
    size_t day = random_upto(random, 6);

    snprintf(moment->shown, sizeof moment->shown, "%s", weekday_names[day]);
    snprintf(moment->plain, sizeof moment->plain, "%s", weekday_words[day]);
}

static void draw_day(struct random *random, struct moment *moment)
{
    static const struct moment near[] = {{"today", "today"}, {"tomorrow", "tomorrow"}};
    unsigned choice = upto(random, 4);
    struct moment day;

    if (choice < COUNT(near)) {
        *moment = near[choice];
        return;
    }
    draw_weekday(random, &day);
    snprintf(moment->shown, sizeof moment->shown, "on %.36s", day.shown);
    snprintf(moment->plain, sizeof moment->plain, "%s", day.plain);
}

static void draw_when(struct random *random, struct moment *moment)
{
    struct moment date;

    if (upto(random, 1)) {
        draw_day(random, moment);
        return;
    }
    draw_date(random, &date);
    snprintf(moment->shown, sizeof moment->shown, "on %.36s", date.shown);
    snprintf(moment->plain, sizeof moment->plain, "%s", date.plain);
}

static void draw_length(struct random *random, struct moment *moment)
{
    static const struct moment lengths[] = {{"15 minutes", "15 min"},
                                            {"a quarter of an hour", "15 min"},
                                            {"20 minutes", "20 min"},
                                            {"30 minutes", "30 min"},
                                            {"half an hour", "30 min"},
                                            {"40 minutes", "40 min"},
                                            {"45 minutes", "45 min"},
                                            {"an hour", "60 min"},
                                            {"60 minutes", "60 min"},
                                            {"75 minutes", "75 min"},
                                            {"90 minutes", "90 min"},
                                            {"an hour and a half", "90 min"},
                                            {"two hours", "120 min"},
                                            {"120 minutes", "120 min"},
                                            {"two and a half hours", "150 min"},
                                            {"three hours", "180 min"}};

    *moment = lengths[random_upto(random, COUNT(lengths) - 1)];
}

bool moment_draw(struct text name, struct random *random, struct moment *moment)
{
    static const struct {
        const char *name;
        void (*draw)(struct random *random, struct moment *moment);
    } kinds[] = {{"date", draw_date}, {"time", draw_time},       {"day", draw_day},
                 {"when", draw_when}, {"weekday", draw_weekday}, {"length", draw_length}};

    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (!text_is(name, kinds[i].name)) continue;
        kinds[i].draw(random, moment);
        return true;
    }
    return false;
}
