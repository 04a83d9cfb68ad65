#include "page/ticks.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#define DAY 86400.0
#define LARGEST 1e300 /* an axis of more than that is cut off */

/* 1, 2 or 5 times a power of ten, such that about wanted of them fill the span. */
static double round_step(double span, size_t wanted)
{
    double step = span / (double)(wanted ? wanted : 1);
    double power = pow(10, floor(log10(step)));
    double part = step / power;

    return power * (part < 1.5 ? 1 : part < 3.5 ? 2 : part < 7.5 ? 5 : 10);
}

static double date_step(double span, size_t wanted)
{
    static const double steps[] = {60,        300,      900,       3600,     3 * 3600, 6 * 3600,
                                   12 * 3600, DAY,      2 * DAY,   5 * DAY,  7 * DAY,  14 * DAY,
                                   30 * DAY,  91 * DAY, 182 * DAY, 365 * DAY};
    const size_t count = sizeof steps / sizeof *steps;

    for (size_t i = 0; i < count; i++)
        if (span / steps[i] <= (double)wanted + 0.5) return steps[i];
    return steps[count - 1] * ceil(span / steps[count - 1] / (double)(wanted ? wanted : 1));
}

/* Every n-th power of ten, and 2 and 5 times it where there are few. */
static void find_log(struct ticks *ticks, size_t wanted, bool wide)
{
    double first = floor(log10(ticks->low) + 1e-9), last = ceil(log10(ticks->high) - 1e-9);
    double skip = ceil((last - first) / (double)(wanted ? wanted : 1));
    bool between = last - first <= 2;
    static const double factors[] = {1, 2, 5};

    if (wide && !between) ticks->low = pow(10, first), ticks->high = pow(10, last);
    for (size_t power = 0; power <= (size_t)(last - first); power += skip > 1 ? (size_t)skip : 1)
        for (size_t i = 0; i < (between ? 3 : 1) && ticks->count < TICKS_MOST; i++) {
            double value = pow(10, first + (double)power) * factors[i];

            if (value >= ticks->low * (1 - 1e-9) && value <= ticks->high * (1 + 1e-9))
                ticks->at[ticks->count++] = value;
        }
}

static void find_even(struct ticks *ticks, size_t wanted, bool wide)
{
    double span = ticks->high - ticks->low, slack;

    ticks->step = ticks->scale == SCALE_DATE ? date_step(span, wanted) : round_step(span, wanted);
    if (wide) {
        ticks->low = floor(ticks->low / ticks->step + 1e-9) * ticks->step;
        ticks->high = ceil(ticks->high / ticks->step - 1e-9) * ticks->step;
    }
    slack = ticks->step * 1e-6;
    for (double n = ceil((ticks->low - slack) / ticks->step); ticks->count < TICKS_MOST; n++) {
        double value = n * ticks->step;

        if (value > ticks->high + slack) break;
        ticks->at[ticks->count++] = value;
    }
}

void ticks_find(struct ticks *ticks, enum scale scale, double low, double high, size_t wanted,
                bool wide)
{
    *ticks =
        (struct ticks){.scale = scale, .low = fmax(low, -LARGEST), .high = fmin(high, LARGEST)};
    low = ticks->low;
    high = ticks->high;
    if (scale == SCALE_LOG && !(low > 0)) ticks->scale = SCALE_LINEAR;
    if (wanted > TICKS_MOST / 2) wanted = TICKS_MOST / 2;
    if (!(high - low > fabs(high) * 1e-12)) {
        double apart = scale == SCALE_DATE ? DAY / 2 : high != 0 ? fabs(high) / 2 : 0.5;

        ticks->low = low - apart;
        ticks->high = low + apart;
    }
    if (ticks->scale == SCALE_LOG)
        find_log(ticks, wanted, wide);
    else
        find_even(ticks, wanted, wide);
}

double ticks_place(const struct ticks *ticks, double value)
{
    value = fmax(fmin(value, LARGEST), -LARGEST);
    if (ticks->scale != SCALE_LOG) return (value - ticks->low) / (ticks->high - ticks->low);
    if (!(value > 0)) return 0;
    return log(value / ticks->low) / log(ticks->high / ticks->low);
}

static bool moment(double seconds, struct tm *parts)
{
    time_t time;

    if (!(fabs(seconds) < 2e11)) return false;
    time = (time_t)floor(seconds);
    return gmtime_r(&time, parts) != NULL;
}

static void add_date(struct buffer *out, const char *format, double seconds)
{
    char words[40];
    struct tm parts;

    if (moment(seconds, &parts) && strftime(words, sizeof words, format, &parts))
        buffer_text(out, words);
    else
        buffer_byte(out, '-');
}

void ticks_day(struct buffer *out, double seconds)
{
    add_date(out, "%Y-%m-%d", seconds);
}

/* Of 1234567 the digits with commas between the thousands. */
static void add_whole(struct buffer *out, double value)
{
    char digits[32];
    int len = snprintf(digits, sizeof digits, "%.0f", fabs(value));

    if (value < 0) buffer_byte(out, '-');
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0) buffer_byte(out, ',');
        buffer_byte(out, digits[i]);
    }
}

static const char *date_format(const struct ticks *ticks, double value)
{
    if (ticks->step < DAY && fmod(value, DAY) != 0) return "%H:%M";
    return ticks->step < 300 * DAY ? "%m-%d" : "%Y";
}

void ticks_label(const struct ticks *ticks, double value, struct buffer *out)
{
    double size = fabs(value);

    if (ticks->scale == SCALE_DATE) {
        add_date(out, date_format(ticks, value), value);
    } else if (size < ticks->step * 1e-6) {
        buffer_byte(out, '0');
    } else if (size >= 1e7 || size < 1e-4) {
        buffer_format(out, "%.3g", value);
    } else if (ticks->scale == SCALE_LOG) {
        buffer_format(out, "%.6g", value);
    } else {
        int digits = (int)-floor(log10(ticks->step) + 1e-9);

        if (digits > 0)
            buffer_format(out, "%.*f", digits, value);
        else
            add_whole(out, value);
    }
}

void ticks_number(struct buffer *out, double value)
{
    double size = fabs(value);

    if (!isfinite(value))
        buffer_byte(out, '-');
    else if (size >= 1000 && size < 1e15)
        add_whole(out, value);
    else if (value == floor(value) && size < 1000)
        buffer_format(out, "%.0f", value);
    else if (size >= 0.001 && size < 1000)
        buffer_format(out, "%.*f", size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4, value);
    else
        buffer_format(out, "%.3g", value);
}
