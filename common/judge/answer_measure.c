/* Are two amounts the same, with their scales and units?
 *
 * A number is read in one or two ways: '5 thousand' is 5000, and it is 5 where the question asks
 * for thousands; '30m' is 30 million, and it is 30 metres where that is compared with a length. */
#include "judge/answer_parts.h"

#include <ctype.h>
#include <math.h>

#define NEAR 0.005 /* relative, of a key whose digits allow more */

struct measure {
    double value;
    int decimals;
    bool percent, letter; /* letter: only where the other one has a unit like this one's */
    struct unit unit;
};

static bool is_near(double value, const struct measure *key, const struct judge_key *given)
{
    const double off = fabs(value - key->value), room = fabs(key->value);

    if (given->has_tolerance)
        return off <= (given->tolerance + 1e-12) * (room > 0 ? room : given->tolerance > 0);
    return off <= fmin(0.5 * pow(10, -key->decimals), NEAR * room) + 1e-9 * room;
}

/* The letters that a number ends with: 'm', 'bn', 'million'. */
static struct text scale_of(struct text text, const struct amount *amount)
{
    size_t at = amount->end;

    while (at > amount->at && isalpha((unsigned char)text.at[at - 1])) at--;
    return (struct text){text.at + at, amount->end - at};
}

/* At most two ways to read the amount. */
static size_t measures_of(const struct reading *r, struct text text, const struct amount *amount,
                          struct measure out[2])
{
    const struct text question = r->key->question, letters = scale_of(text, amount);
    struct measure *bare = &out[1];

    out[0] = (struct measure){
        .value = amount->value, .decimals = amount->decimals, .percent = amount->percent};
    unit_read(text, amount, &out[0].unit);
    if (amount->value == amount->bare) return 1;
    *bare = out[0];
    bare->value = amount->bare;
    if (amount_names_scale(question, amount->value / amount->bare)) return 2;
    if (!unit_is_known(letters)) return 1;
    bare->unit = (struct unit){.words = {letters}, .count = 1};
    bare->letter = !unit_is_named(question, letters);
    return 2;
}

static bool units_compare(const struct unit *got, const struct unit *key, double *factor)
{
    *factor = 1;
    if (!got->count || !key->count) return true;
    for (size_t i = 0; i < got->count; i++)
        if (unit_compares(got->words[i], key->words[0], factor)) return true;
    return false;
}

static bool are_same(const struct reading *r, const struct measure *got, const struct measure *key)
{
    const struct judge_key *given = r->key;
    double factor;

    if ((got->letter && !key->unit.count) || (key->letter && !got->unit.count)) return false;
    if (key->percent && got->percent) return is_near(got->value, key, given);
    if (key->percent)
        return !(got->unit.count && unit_is_known(got->unit.words[0])) &&
               (is_near(got->value, key, given) || is_near(got->value * 100, key, given));
    if (got->percent)
        return !key->unit.count &&
               (is_near(got->value / 100, key, given) ||
                (amount_names_percent(given->question) && is_near(got->value, key, given)));
    return units_compare(&got->unit, &key->unit, &factor) &&
           is_near(got->value * factor, key, given);
}

bool answer_same_amount(const struct reading *r, const struct amount *got, const struct amount *key)
{
    struct measure ours[2], wanted[2];
    const size_t ways = measures_of(r, r->text, got, ours);
    const size_t wanted_ways = measures_of(r, r->key->answer, key, wanted);

    for (size_t i = 0; i < ways; i++)
        for (size_t k = 0; k < wanted_ways; k++)
            if (are_same(r, &ours[i], &wanted[k])) return true;
    return false;
}
