#include "optimizer/schedule.h"

#include "core/memory.h"
#include "core/number.h"

#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846

struct kind {
    const char *name;
    double (*warm)(const struct schedule *, double s);      /* both: the part of the highest rate */
    double (*rest)(const struct schedule *, double s);      /* after the warm-up */
    bool (*fits)(const struct schedule *, struct err *err); /* NULL: any numbers do */
    unsigned takes;                                         /* bits, by enum schedule_number */
};

struct number {
    const char *name;
    double low, high; /* both allowed */
    bool whole;
};

static const char *const shapes[SHAPES] = {"linear", "cosine", "1-sqrt"};

static const struct number numbers[SCHEDULE_NUMBERS] = {
    [SCHEDULE_NUM_CYCLES] = {"num_cycles", 0, 1e6, false},
    [SCHEDULE_POWER] = {"power", 0, 1e6, false},
    [SCHEDULE_LR_END] = {"lr_end", 0, 1e6, false},
    [SCHEDULE_TIMESCALE] = {"timescale", 1, 1e15, true},
    [SCHEDULE_MIN_LR] = {"min_lr", 0, 1e6, false},
    [SCHEDULE_MIN_LR_RATE] = {"min_lr_rate", 0, 1, false},
    [SCHEDULE_WARMUP_LR_RATE] = {"warmup_lr_rate", 0, 1, false},
    [SCHEDULE_NUM_DECAY_STEPS] = {"num_decay_steps", 1, 1e15, true},
    [SCHEDULE_MIN_LR_RATIO] = {"min_lr_ratio", 0, 1, false},
    [SCHEDULE_WARMUP_TYPE] = {"warmup_type", 0, SHAPES - 1, true},
    [SCHEDULE_DECAY_TYPE] = {"decay_type", 0, SHAPES - 1, true},
    [SCHEDULE_FACTOR] = {"factor", 0, 1, false},
    [SCHEDULE_PATIENCE] = {"patience", 0, 1e15, true},
    [SCHEDULE_THRESHOLD] = {"threshold", 0, 1, false},
};

double schedule_number(const struct schedule *schedule, enum schedule_number number,
                       double otherwise)
{
    return isnan(schedule->numbers[number]) ? otherwise : schedule->numbers[number];
}

/* s of the updates done, as a part of those that lie between the warm-up and the end. */
static double progress(const struct schedule *schedule, double s)
{
    const double T = (double)schedule->total, w = (double)schedule->warmup;

    return (s - w) / fmax(1, T - w);
}

static double flat(const struct schedule *schedule, double s)
{
    (void)schedule, (void)s;
    return 1;
}

static double rise(const struct schedule *schedule, double s)
{
    return s / (double)schedule->warmup;
}

static double linear(const struct schedule *schedule, double s)
{
    const double T = (double)schedule->total;

    return fmax(0, (T - s) / fmax(1, T - (double)schedule->warmup));
}

static double wave(double cycles, double p)
{
    return 0.5 * (1 + cos(PI * cycles * 2 * p));
}

static double cosine(const struct schedule *schedule, double s)
{
    const double cycles = schedule_number(schedule, SCHEDULE_NUM_CYCLES, 0.5);

    return fmax(0, wave(cycles, progress(schedule, s)));
}

static double cosine_with_restarts(const struct schedule *schedule, double s)
{
    const double cycles = schedule_number(schedule, SCHEDULE_NUM_CYCLES, 1);
    const double p = progress(schedule, s);

    return p >= 1 ? 0 : fmax(0, wave(0.5, fmod(cycles * p, 1)));
}

static double polynomial(const struct schedule *schedule, double s)
{
    const double high = schedule->learning_rate;
    const double low = schedule_number(schedule, SCHEDULE_LR_END, 1e-7);
    const double left = fmax(0, 1 - progress(schedule, s));

    return ((high - low) * pow(left, schedule_number(schedule, SCHEDULE_POWER, 1)) + low) / high;
}

static double inverse_sqrt(const struct schedule *schedule, double s)
{
    const double w = (double)schedule->warmup;
    const double timescale = schedule_number(schedule, SCHEDULE_TIMESCALE, w > 0 ? w : 10000);

    return 1 / sqrt((s + timescale - w) / timescale);
}

/* Between least and 1. */
static double above(double least, double part)
{
    return fmax(0, part * (1 - least) + least);
}

static double least_of(const struct schedule *schedule)
{
    const double rate = schedule->numbers[SCHEDULE_MIN_LR_RATE];

    return isnan(rate) ? schedule->numbers[SCHEDULE_MIN_LR] / schedule->learning_rate : rate;
}

static double cosine_with_min_lr(const struct schedule *schedule, double s)
{
    const double cycles = schedule_number(schedule, SCHEDULE_NUM_CYCLES, 0.5);

    return above(least_of(schedule), wave(cycles, progress(schedule, s)));
}

static double rise_above(const struct schedule *schedule, double s)
{
    const double first = schedule->numbers[SCHEDULE_WARMUP_LR_RATE], w = (double)schedule->warmup;

    return isnan(first) ? (s + 1) / w : first + (1 - first) * s / fmax(1, w - 1);
}

static double cosine_warmup_with_min_lr(const struct schedule *schedule, double s)
{
    return cosine_with_min_lr(schedule, s + 1);
}

/* From 1 at p = 0 to 0 at p = 1. */
static double fall(enum schedule_shape shape, double cycles, double p)
{
    switch (shape) {
    case SHAPE_COSINE: return wave(cycles, p);
    case SHAPE_ONE_MINUS_SQRT: return 1 - sqrt(p);
    default: return 1 - p;
    }
}

static enum schedule_shape shape_of(const struct schedule *schedule, enum schedule_number which,
                                    enum schedule_shape otherwise)
{
    return (enum schedule_shape)schedule_number(schedule, which, otherwise);
}

static double warm_of_three(const struct schedule *schedule, double s)
{
    const enum schedule_shape shape = shape_of(schedule, SCHEDULE_WARMUP_TYPE, SHAPE_LINEAR);
    const double to_come = 1 - s / (double)schedule->warmup;

    return above(schedule_number(schedule, SCHEDULE_MIN_LR_RATIO, 0), fall(shape, 0.5, to_come));
}

static double stable_and_decay(const struct schedule *schedule, double s)
{
    const enum schedule_shape shape = shape_of(schedule, SCHEDULE_DECAY_TYPE, SHAPE_COSINE);
    const double cycles = schedule_number(schedule, SCHEDULE_NUM_CYCLES, 0.5);
    const double least = schedule_number(schedule, SCHEDULE_MIN_LR_RATIO, 0);
    const double steps = schedule->numbers[SCHEDULE_NUM_DECAY_STEPS];
    const double p = (s - ((double)schedule->total - steps)) / steps;

    if (p < 0) return 1;
    return p < 1 ? above(least, fall(shape, cycles, p)) : least;
}

static bool polynomial_fits(const struct schedule *schedule, struct err *err)
{
    const double low = schedule_number(schedule, SCHEDULE_LR_END, 1e-7);

    if (!(low < schedule->learning_rate))
        return err_set(err,
                       "a polynomial schedule falls to 'lr_end' %g: "
                       "the learning rate must be above it, not %g",
                       low, schedule->learning_rate);
    if (schedule->warmup < schedule->total) return true;
    return err_set(err,
                   "a polynomial schedule needs updates after the warm-up, which takes %ju of %ju",
                   (uintmax_t)schedule->warmup, (uintmax_t)schedule->total);
}

static bool least_fits(const struct schedule *schedule, struct err *err)
{
    const double rate = schedule->numbers[SCHEDULE_MIN_LR_RATE];
    const double least = schedule->numbers[SCHEDULE_MIN_LR];

    if (isnan(rate) && isnan(least))
        return err_set(err, "a schedule with a smallest rate needs 'min_lr_rate' or 'min_lr'");
    if (!isnan(rate) && !isnan(least))
        return err_set(err, "'min_lr_rate' and 'min_lr' say the same: give one of them");
    if (isnan(least) || (least <= schedule->learning_rate && schedule->learning_rate > 0))
        return true;
    return err_set(err, "'min_lr' %g is above the learning rate %g", least,
                   schedule->learning_rate);
}

static bool decay_fits(const struct schedule *schedule, struct err *err)
{
    if (!isnan(schedule->numbers[SCHEDULE_NUM_DECAY_STEPS])) return true;
    return err_set(err, "'warmup_stable_decay' needs 'num_decay_steps'");
}

#define BIT(number) (1U << SCHEDULE_##number)

static const struct kind kinds[SCHEDULE_KINDS] = {
    [SCHEDULE_LINEAR] = {"linear", rise, linear, NULL, 0},
    [SCHEDULE_COSINE] = {"cosine", rise, cosine, NULL, BIT(NUM_CYCLES)},
    [SCHEDULE_COSINE_WITH_RESTARTS] = {"cosine_with_restarts", rise, cosine_with_restarts, NULL,
                                       BIT(NUM_CYCLES)},
    [SCHEDULE_POLYNOMIAL] = {"polynomial", rise, polynomial, polynomial_fits,
                             BIT(POWER) | BIT(LR_END)},
    [SCHEDULE_CONSTANT] = {"constant", flat, flat, NULL, 0},
    [SCHEDULE_CONSTANT_WITH_WARMUP] = {"constant_with_warmup", rise, flat, NULL, 0},
    [SCHEDULE_INVERSE_SQRT] = {"inverse_sqrt", rise, inverse_sqrt, NULL, BIT(TIMESCALE)},
    [SCHEDULE_COSINE_WITH_MIN_LR] = {"cosine_with_min_lr", rise, cosine_with_min_lr, least_fits,
                                     BIT(NUM_CYCLES) | BIT(MIN_LR) | BIT(MIN_LR_RATE)},
    [SCHEDULE_COSINE_WARMUP_WITH_MIN_LR] = {"cosine_warmup_with_min_lr", rise_above,
                                            cosine_warmup_with_min_lr, least_fits,
                                            BIT(NUM_CYCLES) | BIT(MIN_LR) | BIT(MIN_LR_RATE) |
                                                BIT(WARMUP_LR_RATE)},
    [SCHEDULE_WARMUP_STABLE_DECAY] = {"warmup_stable_decay", warm_of_three, stable_and_decay,
                                      decay_fits,
                                      BIT(NUM_CYCLES) | BIT(NUM_DECAY_STEPS) | BIT(MIN_LR_RATIO) |
                                          BIT(WARMUP_TYPE) | BIT(DECAY_TYPE)},
    [SCHEDULE_REDUCE_LR_ON_PLATEAU] = {"reduce_lr_on_plateau", flat, flat, NULL,
                                       BIT(FACTOR) | BIT(PATIENCE) | BIT(THRESHOLD)},
};

double schedule_rate(const struct schedule *schedule, uint64_t updates_done)
{
    const struct kind *kind = &kinds[schedule->kind];
    const double s = (double)updates_done;

    return schedule->learning_rate *
           (updates_done < schedule->warmup ? kind->warm : kind->rest)(schedule, s);
}

double schedule_area(const struct schedule *schedule)
{
    double sum = 0;

    for (uint64_t s = 0; s < schedule->total; s++) sum += schedule_rate(schedule, s);
    return sum;
}

uint64_t schedule_warmup(uint64_t total, double ratio)
{
    return (uint64_t)ceil((double)total * ratio);
}

static bool number_fits(const struct schedule *schedule, unsigned i, struct err *err)
{
    const struct kind *kind = &kinds[schedule->kind];
    const struct number *number = &numbers[i];
    const double value = schedule->numbers[i];

    if (isnan(value)) return true;
    if (!(kind->takes >> i & 1))
        return err_set(err, "the schedule '%s' takes no '%s'", kind->name, number->name);
    if (value < number->low || value > number->high)
        return err_set(err, "'%s' must be from %g to %g, not %g", number->name, number->low,
                       number->high, value);
    if (!number->whole || value == floor(value)) return true;
    return err_set(err, "'%s' must be a whole number, not %g", number->name, value);
}

bool schedule_check(const struct schedule *schedule, struct err *err)
{
    const struct kind *kind = &kinds[schedule->kind];

    if (!(schedule->learning_rate >= 0) || !isfinite(schedule->learning_rate))
        return err_set(err, "the learning rate must be 0 or more, not %g", schedule->learning_rate);
    if (schedule->total == 0) return err_set(err, "a schedule needs at least one update");
    for (unsigned i = 0; i < SCHEDULE_NUMBERS; i++)
        if (!number_fits(schedule, i, err)) return false;
    return !kind->fits || kind->fits(schedule, err);
}

static bool shape_parse(const char *name, const char *text, double *value, struct err *err)
{
    for (unsigned i = 0; i < SHAPES; i++)
        if (strcmp(text, shapes[i]) == 0) {
            *value = i;
            return true;
        }
    return err_set(err, "'%s' is linear, cosine or 1-sqrt, not '%s'", name, text);
}

/* 'NAME=VALUE', which is cut at its sign. */
static bool number_parse(struct schedule *schedule, char *text, struct err *err)
{
    char *sign = strchr(text, '=');
    unsigned i = 0;

    if (!sign) return err_set(err, "in a schedule '%s' is not of the form NAME=VALUE", text);
    *sign = '\0';
    while (i < SCHEDULE_NUMBERS && strcmp(text, numbers[i].name) != 0) i++;
    if (i == SCHEDULE_NUMBERS) return err_set(err, "no schedule has a number '%s'", text);
    if (!isnan(schedule->numbers[i])) return err_set(err, "'%s' is given twice", text);
    if (i == SCHEDULE_WARMUP_TYPE || i == SCHEDULE_DECAY_TYPE)
        return shape_parse(text, sign + 1, &schedule->numbers[i], err);
    if (parse_number(sign + 1, &schedule->numbers[i])) return true;
    return err_set(err, "'%s' of a schedule is not a number: '%s'", text, sign + 1);
}

static bool unknown_kind(const char *name, struct err *err)
{
    struct buffer names = {0};

    for (unsigned i = 0; i < SCHEDULE_KINDS; i++)
        buffer_format(&names, "%s%s", i ? ", " : "", kinds[i].name);
    err_write(err, "no schedule is called '%s': there are %.*s", name, (int)names.len, names.at);
    buffer_release(&names);
    return false;
}

static bool kind_parse(struct schedule *schedule, const char *name, struct err *err)
{
    unsigned i = 0;

    if (strcmp(name, "greedy") == 0)
        return err_set(err, "the schedule 'greedy' is not supported: what follows the evaluations "
                            "here is 'reduce_lr_on_plateau'");
    while (i < SCHEDULE_KINDS && strcmp(name, kinds[i].name) != 0) i++;
    if (i == SCHEDULE_KINDS) return unknown_kind(name, err);
    schedule->kind = (enum schedule_kind)i;
    return true;
}

bool schedule_parse(struct schedule *schedule, const char *text, struct err *err)
{
    char *copy = mem_copy_text(text), *rest = copy, *word = strsep(&rest, ",");
    bool good;

    *schedule = (struct schedule){0};
    for (unsigned i = 0; i < SCHEDULE_NUMBERS; i++) schedule->numbers[i] = NAN;
    good = kind_parse(schedule, word, err);
    while (good && (word = strsep(&rest, ","))) good = number_parse(schedule, word, err);
    mem_free(copy);
    return good;
}
