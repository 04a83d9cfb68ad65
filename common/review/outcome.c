#include "review/outcome.h"

#include "hash/lookup.h"
#include "review/blind.h"
#include "review/csv.h"
#include "statistics/bootstrap.h"
#include "statistics/distribution.h"

#include <math.h>

#define SHOWN 60 /* bytes of an id in a message */

struct unblinding {
    struct outcome *outcome;
    const struct verdicts *verdicts;
    const struct duels *duels;
    struct blind blind;
    uint64_t *judged; /* for each duel the line it was judged on, or 0 */
    struct lookup categories;
    struct buffer scratch[2];
};

static int shown(struct text id)
{
    return id.len < SHOWN ? (int)id.len : SHOWN;
}

static struct text trim(struct text id)
{
    while (id.len && id.at[0] == ' ') id.at++, id.len--;
    while (id.len && id.at[id.len - 1] == ' ') id.len--;
    return id;
}

/* As it stands there, or as a person or a spreadsheet may have dressed it. */
static bool find_duel(const struct duels *duels, struct text id, size_t *i)
{
    return duels_named(duels, id, i) || duels_named(duels, trim(id), i) ||
           duels_named(duels, csv_plain(trim(id)), i);
}

static bool find_side(struct unblinding *u, const struct verdict *verdict, size_t i,
                      bool *now_first, struct err *err)
{
    struct text answers[2];
    uint64_t now, baseline;

    u->scratch[0].len = u->scratch[1].len = 0;
    answers[0] = duels_now(u->duels, i, &u->scratch[0]);
    answers[1] = duels_baseline(u->duels, i, &u->scratch[1]);
    if (!u->verdicts->keyed) {
        *now_first = blind_now_first(&u->blind, u->duels->items[i].key, answers[0], answers[1]);
        return true;
    }
    now = blind_text(&u->blind, answers[0]);
    baseline = blind_text(&u->blind, answers[1]);
    *now_first = verdict->first == now && verdict->second == baseline;
    if (*now_first || (verdict->first == baseline && verdict->second == now)) return true;
    return err_set(err, "the answers to '%.*s' in the results are not those of the sheet",
                   shown(verdict->id), verdict->id.at);
}

static struct outcome_counts *group_of(struct unblinding *u, struct text category)
{
    struct outcome *outcome = u->outcome;
    const size_t *known =
        lookup_add(&u->categories, category.at ? category : TEXT(""), outcome->group_count);

    if (known) return &outcome->groups[*known].counts;
    outcome->groups[outcome->group_count].category = category;
    return &outcome->groups[outcome->group_count++].counts;
}

static void count(struct outcome_counts *counts, int value)
{
    if (value > 0)
        counts->wins++;
    else if (value < 0)
        counts->losses++;
    else
        counts->ties++;
}

static bool judge(struct unblinding *u, size_t v, struct err *err)
{
    const struct verdict *verdict = &u->verdicts->items[v];
    struct outcome *outcome = u->outcome;
    bool now_first;
    size_t i;
    int value = 0;

    if (!find_duel(u->duels, verdict->id, &i))
        return err_set(err, "'%.*s' is no record of '%s' with two different answers",
                       shown(verdict->id), verdict->id.at, u->duels->now->path);
    if (u->judged[i])
        return err_set(err, "'%.*s' was judged on line %llu already", shown(verdict->id),
                       verdict->id.at, (unsigned long long)u->judged[i]);
    u->judged[i] = verdict->line;
    if (!find_side(u, verdict, i, &now_first, err)) return false;
    outcome->duels[v] = i;
    if (verdict->choice == CHOICE_OPEN) {
        outcome->open++;
        return true;
    }
    if (verdict->choice != CHOICE_TIE) {
        outcome->sides[verdict->choice == CHOICE_SECOND]++;
        value = (verdict->choice == CHOICE_FIRST) == now_first ? 1 : -1;
    }
    outcome->values[v] = (signed char)value;
    count(&outcome->all, value);
    count(group_of(u, u->duels->items[i].category), value);
    return true;
}

/* The seed of the file, of the caller, or both when they agree. */
static bool find_seed(const struct verdicts *verdicts, const uint64_t *given, uint64_t *seed,
                      struct err *err)
{
    if (given && verdicts->keyed && verdicts->seed != *given)
        return err_set(err, "%s: of a sheet with the seed %llu, not %llu", verdicts->path,
                       (unsigned long long)verdicts->seed, (unsigned long long)*given);
    if (!given && !verdicts->keyed)
        return err_set(err, "%s: no key in it: name the sheet's seed with --seed", verdicts->path);
    *seed = given ? *given : verdicts->seed;
    return true;
}

bool outcome_find(struct outcome *outcome, const struct verdicts *verdicts,
                  const struct duels *duels, const uint64_t *seed, struct err *err)
{
    struct unblinding u = {.outcome = outcome, .verdicts = verdicts, .duels = duels};
    uint64_t used;
    bool good = true;

    *outcome = (struct outcome){0};
    if (!find_seed(verdicts, seed, &used, err)) return false;
    u.blind = blind_of(used);
    u.judged = mem_zero(duels->count, sizeof *u.judged);
    outcome->groups = mem_zero(verdicts->count, sizeof *outcome->groups);
    outcome->duels = mem_zero(verdicts->count, sizeof *outcome->duels);
    outcome->values = mem_zero(verdicts->count, sizeof *outcome->values);
    for (size_t v = 0; v < verdicts->count && good; v++) {
        good = judge(&u, v, err);
        if (!good)
            err_write_prefix(err, "%s:%llu", verdicts->path,
                             (unsigned long long)verdicts->items[v].line);
    }
    lookup_release(&u.categories);
    buffer_release(&u.scratch[0]);
    buffer_release(&u.scratch[1]);
    mem_free(u.judged);
    if (!good) outcome_release(outcome);
    return good;
}

void outcome_release(struct outcome *outcome)
{
    mem_free(outcome->groups);
    mem_free(outcome->duels);
    mem_free(outcome->values);
    *outcome = (struct outcome){0};
}

/* Wilson's interval: the rates p for which the share found lies within z standard errors of p. */
static void wilson(size_t wins, size_t n, double *low, double *high)
{
    const double z = normal_quantile(0.975), count = (double)n, rate = (double)wins / count;
    const double scale = 1 + z * z / count, middle = (rate + z * z / (2 * count)) / scale;
    const double reach = z / scale * sqrt(rate * (1 - rate) / count + z * z / (4 * count * count));

    *low = wins == 0 ? 0 : middle - reach;
    *high = wins == n ? 1 : middle + reach;
}

static void bootstrap(struct outcome_counts counts, struct outcome_rate *rate)
{
    const size_t n = counts.wins + counts.losses + counts.ties;
    double *scores = mem_zero(n, sizeof *scores);

    for (size_t i = 0; i < n; i++)
        scores[i] = i < counts.wins ? 1 : i < counts.wins + counts.ties ? 0.5 : 0;
    bootstrap_mean(scores, n, 0, &rate->score_low, &rate->score_high);
    mem_free(scores);
}

struct outcome_rate outcome_rate(struct outcome_counts counts)
{
    const size_t decided = counts.wins + counts.losses, all = decided + counts.ties;
    struct outcome_rate rate = {.rate = NAN, .low = NAN, .high = NAN, .score = NAN};

    rate.p = binomial_p(counts.wins, decided);
    if (decided) {
        rate.rate = (double)counts.wins / (double)decided;
        wilson(counts.wins, decided, &rate.low, &rate.high);
    }
    if (all) rate.score = ((double)counts.wins + 0.5 * (double)counts.ties) / (double)all;
    bootstrap(counts, &rate);
    return rate;
}

double outcome_side_p(const struct outcome *outcome)
{
    return binomial_p(outcome->sides[0], outcome->sides[0] + outcome->sides[1]);
}
