#include "generate/sampler.h"

#include "core/memory.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

struct sampler_candidate {
    float score, weight;
    uint32_t id;
};

/* All that is left out ranks below this: tokens are ranked by their score, then by their id. */
struct cut {
    float score;
    uint32_t id;
};

static bool is_kept(struct cut cut, float score, size_t id)
{
    return score > cut.score || (score == cut.score && id >= cut.id);
}

static bool ranks_above(const struct sampler_candidate *a, const struct sampler_candidate *b)
{
    return a->score > b->score || (a->score == b->score && a->id > b->id);
}

void sampler_init(struct sampler *sampler, const struct sampling *sampling, size_t vocabulary)
{
    assert(vocabulary > 0 && sampling->temperature >= 0 && sampling->repetition_penalty > 0);
    *sampler = (struct sampler){.sampling = *sampling, .vocabulary = vocabulary};
    sampler->scores = mem_alloc(vocabulary * sizeof *sampler->scores);
    sampler->candidates = mem_alloc(vocabulary * sizeof *sampler->candidates);
}

void sampler_release(struct sampler *sampler)
{
    mem_free(sampler->scores);
    mem_free(sampler->candidates);
    *sampler = (struct sampler){0};
}

static float penalised(float logit, float penalty)
{
    return logit < 0 ? logit * penalty : logit / penalty;
}

/* Sets the scores but for the temperature. A token that came twice is changed once. */
static void score(struct sampler *sampler, const float *logits, struct sampler_past past)
{
    const float penalty = (float)sampler->sampling.repetition_penalty;

    for (size_t i = 0; i < sampler->vocabulary; i++)
        sampler->scores[i] = isnan(logits[i]) ? -INFINITY : logits[i];
    for (size_t i = 0; penalty != 1 && i < past.count; i++)
        if (past.ids[i] < sampler->vocabulary && !isnan(logits[past.ids[i]]))
            sampler->scores[past.ids[i]] = penalised(logits[past.ids[i]], penalty);
}

static size_t largest(const float *scores, size_t count)
{
    size_t best = 0;

    for (size_t i = 1; i < count; i++)
        if (scores[i] > scores[best]) best = i;
    return best;
}

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9U;
    x = (x ^ x >> 27) * 0x94d049bb133111ebU;
    return x ^ x >> 31;
}

static void swap(struct sampler_candidate *a, struct sampler_candidate *b)
{
    const struct sampler_candidate keep = *a;

    *a = *b;
    *b = keep;
}

/* Puts what ranks above one of the candidates before it and the rest behind it; returns its place.
 * Which one it is, is a matter of chance without being one. */
static size_t partition(struct sampler_candidate *candidates, size_t count)
{
    struct sampler_candidate *last = &candidates[count - 1];
    size_t above = 0;

    swap(&candidates[mix(count) % count], last);
    for (size_t i = 0; i + 1 < count; i++)
        if (ranks_above(&candidates[i], last)) swap(&candidates[above++], &candidates[i]);
    swap(&candidates[above], last);
    return above;
}

static double weight_of(const struct sampler_candidate *candidates, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++) sum += (double)candidates[i].weight;
    return sum;
}

/* By rank, the first candidate with which the weight of all so far reaches the target; the last one
 * when it never does. */
static struct sampler_candidate reach(struct sampler_candidate *candidates, size_t count,
                                      double target)
{
    while (count > 1) {
        const size_t place = partition(candidates, count);
        const double before = weight_of(candidates, place);

        if (place > 0 && before >= target) {
            count = place;
        } else if (place + 1 == count || before + (double)candidates[place].weight >= target) {
            return candidates[place];
        } else {
            target -= before + (double)candidates[place].weight;
            candidates += place + 1;
            count -= place + 1;
        }
    }
    return candidates[0];
}

/* The candidates from a cut on, with weights exp(score - most), or 1 without a most. */
static size_t gather(struct sampler *sampler, struct cut cut, const float *most)
{
    size_t count = 0;

    for (size_t i = 0; i < sampler->vocabulary; i++) {
        const float value = sampler->scores[i];

        if (!is_kept(cut, value, i)) continue;
        sampler->candidates[count++] =
            (struct sampler_candidate){value, most ? expf(value - *most) : 1, (uint32_t)i};
    }
    return count;
}

static struct cut cut_top_k(struct sampler *sampler, struct cut cut)
{
    const size_t k = sampler->sampling.top_k;

    if (k == 0 || k >= sampler->vocabulary) return cut;
    gather(sampler, cut, NULL);
    return (struct cut){reach(sampler->candidates, sampler->vocabulary, (double)k).score, 0};
}

static struct cut cut_top_p(struct sampler *sampler, struct cut cut, float most)
{
    const double p = sampler->sampling.top_p;
    struct sampler_candidate last;
    size_t count;

    if (p >= 1) return cut;
    count = gather(sampler, cut, &most);
    last = reach(sampler->candidates, count, p * weight_of(sampler->candidates, count));
    return (struct cut){last.score, last.id};
}

static struct cut cut_min_p(const struct sampler *sampler, struct cut cut, float most)
{
    const float least = most + (float)log(sampler->sampling.min_p);

    return least > cut.score ? (struct cut){least, 0} : cut;
}

/* Where the largest score would become infinite, all are measured from it: that changes no
 * probability. */
static void cool(struct sampler *sampler)
{
    const float temperature = fmaxf((float)sampler->sampling.temperature, FLT_MIN);
    const float most = sampler->scores[largest(sampler->scores, sampler->vocabulary)];
    const float origin = isfinite(most) && !isfinite(most / temperature) ? most : 0;

    for (size_t i = 0; temperature != 1 && i < sampler->vocabulary; i++)
        sampler->scores[i] = (sampler->scores[i] - origin) / temperature;
}

/* Sets the scores; returns the cut below which none is drawn. *most is the largest score. */
static struct cut process(struct sampler *sampler, const float *logits, struct sampler_past past,
                          float *most)
{
    struct cut cut = {-INFINITY, 0};

    score(sampler, logits, past);
    cool(sampler);
    *most = sampler->scores[largest(sampler->scores, sampler->vocabulary)];
    if (!isfinite(*most)) return (struct cut){*most, 0};
    cut = cut_top_k(sampler, cut);
    cut = cut_top_p(sampler, cut, *most);
    return cut_min_p(sampler, cut, *most);
}

/* Turns the scores to weights, 0 below the cut; returns their sum. Infinite ones weigh the same. */
static double weigh(struct sampler *sampler, struct cut cut, float most)
{
    double sum = 0;

    for (size_t i = 0; i < sampler->vocabulary; i++) {
        const float value = sampler->scores[i];

        sampler->scores[i] = 0;
        if (is_kept(cut, value, i)) sampler->scores[i] = value == most ? 1 : expf(value - most);
        sum += (double)sampler->scores[i];
    }
    return sum;
}

/* Even over [0, 1). */
static double chance(uint64_t seed, uint64_t sequence, uint64_t position)
{
    const uint64_t step = 0x9e3779b97f4a7c15U;
    const uint64_t drawn = mix(mix(mix(seed + step) + sequence + step) + position + step);

    return (double)(drawn >> 11) * 0x1p-53;
}

static size_t walk(const float *weights, size_t count, double target)
{
    size_t last = 0;
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        if (weights[i] == 0) continue;
        last = i;
        sum += (double)weights[i];
        if (sum > target) break;
    }
    return last;
}

uint32_t sampler_next(struct sampler *sampler, const float *logits, struct sampler_past past,
                      uint64_t sequence, uint64_t position)
{
    struct cut cut;
    float most;
    double sum;

    if (sampler->sampling.temperature == 0) {
        score(sampler, logits, past);
        return (uint32_t)largest(sampler->scores, sampler->vocabulary);
    }
    cut = process(sampler, logits, past, &most);
    sum = weigh(sampler, cut, most);
    return (uint32_t)walk(sampler->scores, sampler->vocabulary,
                          chance(sampler->sampling.seed, sequence, position) * sum);
}

void sampler_probabilities(struct sampler *sampler, const float *logits, struct sampler_past past,
                           double *out)
{
    float most;
    const struct cut cut = process(sampler, logits, past, &most);
    const double sum = weigh(sampler, cut, most);

    for (size_t i = 0; i < sampler->vocabulary; i++) out[i] = (double)sampler->scores[i] / sum;
}
