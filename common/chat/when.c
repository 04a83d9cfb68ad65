#include "chat/when.h"

#include "core/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define WEEK 7
#define DAY_SECONDS 86400
#define HOUR 60
#define WORD 24 /* bytes of a word, with its end */

static const char *const weekdays[WEEK] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                           "Thursday", "Friday", "Saturday"};

/* Takes the next word off the text; an empty one at its end. What is too long for anything that is
 * understood here becomes its beginning with dots behind it, which is not understood either. */
static void next_word(struct text *text, char word[WORD])
{
    static const char dots[] = "...";
    size_t len = 0, kept;

    while (text->len && strchr(" \t", text->at[0]) && text->at[0]) text->at++, text->len--;
    while (len < text->len && text->at[len] && !strchr(" \t", text->at[len])) len++;
    kept = len < WORD ? len : WORD - sizeof dots;
    while (kept < len && kept > 0 && ((unsigned char)text->at[kept] & 0xc0) == 0x80) kept--;
    memcpy(word, text->at, kept);
    snprintf(word + kept, WORD - kept, "%s", kept < len ? dots : "");
    text->at += len;
    text->len -= len;
}

static int day_of(struct tm date)
{
    date.tm_sec = date.tm_min = 0;
    date.tm_hour = 12;
    return (int)(timegm(&date) / DAY_SECONDS);
}

static int weekday_of(int day)
{
    return ((day + 4) % WEEK + WEEK) % WEEK; /* 1970-01-01 was a Thursday */
}

static bool weekday_named(const char *word, int *weekday)
{
    for (*weekday = 0; *weekday < WEEK; ++*weekday)
        if (strcasecmp(word, weekdays[*weekday]) == 0) return true;
    return false;
}

/* Digits in the places of '0', all else as it is written. */
static bool has_form(const char *word, const char *form)
{
    if (strlen(word) != strlen(form)) return false;
    for (; *form; word++, form++)
        if (*form == '0' ? *word < '0' || *word > '9' : *word != *form) return false;
    return true;
}

static int digits(const char *at, int count)
{
    int value = 0;

    for (int i = 0; i < count; i++) value = value * 10 + (at[i] - '0');
    return value;
}

static bool parse_date(const char *word, int *day)
{
    struct tm date = {0}, again;
    time_t seconds;

    if (!has_form(word, "0000-00-00")) return false;
    date.tm_year = digits(word, 4) - 1900;
    date.tm_mon = digits(word + 5, 2) - 1;
    date.tm_mday = digits(word + 8, 2);
    *day = day_of(date);
    seconds = (time_t)*day * DAY_SECONDS;
    return gmtime_r(&seconds, &again) && again.tm_year == date.tm_year &&
           again.tm_mon == date.tm_mon && again.tm_mday == date.tm_mday;
}

static bool parse_day(struct when *when, const char *word, const struct tm *today, struct err *err)
{
    const int now = day_of(*today);
    int weekday;

    when->day = now;
    if (strcasecmp(word, "today") == 0 || parse_date(word, &when->day)) return true;
    when->day = now + 1;
    if (strcasecmp(word, "tomorrow") == 0) return true;
    if (!weekday_named(word, &weekday))
        return err_set(err, "'%.40s' is no day such as 2027-07-21, today or Monday", word);
    when->day = now + (weekday - weekday_of(now) + WEEK) % WEEK;
    return true;
}

static bool parse_time(struct when *when, const char *word, struct err *err)
{
    const bool shorter = has_form(word, "0:00");
    const int split = shorter ? 1 : 2;

    if (!shorter && !has_form(word, "00:00"))
        return err_set(err, "'%.40s' is no time such as 17:15", word);
    when->minute = digits(word, split) * HOUR + digits(word + split + 1, 2);
    if (digits(word, split) < 24 && digits(word + split + 1, 2) < HOUR) return true;
    return err_set(err, "'%.40s' is no time of a day", word);
}

bool when_parse(struct when *when, struct text text, const struct tm *today, struct err *err)
{
    char word[WORD];

    *when = (struct when){.minute = -1};
    next_word(&text, word);
    if (strcasecmp(word, "on") == 0) next_word(&text, word);
    if (strcasecmp(word, "every") == 0) {
        next_word(&text, word);
        when->weekly = true;
        if (!weekday_named(word, &when->day))
            return err_set(err, "'every %.40s' is no day of each week", word);
    } else if (!parse_day(when, word, today, err)) {
        return false;
    }
    next_word(&text, word);
    if (*word && !parse_time(when, word, err)) return false;
    return text.len == 0 || err_set(err, "'%.*s' stands behind the time",
                                    (int)(text.len < 40 ? text.len : 40), text.at);
}

/* How many minutes it has; 0: none that is known. */
static double minutes_of(const char *unit)
{
    static const struct {
        const char *name;
        double minutes;
    } units[] = {{"m", 1},    {"min", 1},   {"mins", 1},   {"minute", 1},  {"minutes", 1},
                 {"h", HOUR}, {"hr", HOUR}, {"hrs", HOUR}, {"hour", HOUR}, {"hours", HOUR}};

    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcasecmp(unit, units[i].name) == 0) return units[i].minutes;
    return 0;
}

bool when_length(struct when *when, struct text text, struct err *err)
{
    const struct text whole = text;
    char count[WORD], unit[WORD];
    double value;

    next_word(&text, count);
    next_word(&text, unit);
    if (parse_number(count, &value) && text.len == 0) {
        value *= minutes_of(unit);
        if (value >= 1 && value <= HOUR * 24) {
            when->length = (int)lround(value);
            return true;
        }
    }
    return err_set(err, "'%.*s' is no length such as '90 min'",
                   (int)(whole.len < 40 ? whole.len : 40), whole.at);
}

void when_write(const struct when *when, struct buffer *out)
{
    const time_t seconds = (time_t)when->day * DAY_SECONDS;
    struct tm date;

    if (when->weekly)
        buffer_format(out, "every %s", weekdays[when->day]);
    else if (gmtime_r(&seconds, &date))
        buffer_format(out, "%04d-%02d-%02d", date.tm_year + 1900, date.tm_mon + 1, date.tm_mday);
    if (when->minute >= 0)
        buffer_format(out, " %02d:%02d", when->minute / HOUR, when->minute % HOUR);
    if (when->length) buffer_format(out, ", %d min", when->length);
}

bool when_same_day(const struct when *a, const struct when *b)
{
    if (a->weekly == b->weekly) return a->day == b->day;
    return a->weekly ? a->day == weekday_of(b->day) : weekday_of(a->day) == b->day;
}

static int end_of(const struct when *when)
{
    return when->minute + (when->length ? when->length : HOUR);
}

bool when_meets(const struct when *a, const struct when *b)
{
    if (!when_same_day(a, b)) return false;
    if (a->minute < 0 || b->minute < 0) return true;
    return a->minute < end_of(b) && b->minute < end_of(a);
}
