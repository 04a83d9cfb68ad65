#include "loss/loss.h"

#include "loss/ranks.h"

#include <assert.h>
#include <math.h>

enum side { CHOSEN, REJECTED, SIDES };

bool loss_is_joint(const struct loss *loss)
{
    for (size_t i = 0; i < loss->count; i++)
        if (formulas[loss->terms[i].kind].order != ORDER_PAIRS) return true;
    return false;
}

bool loss_start(const struct loss *loss, double *value)
{
    const struct scores same = {{0, 0}, {1, 1}};
    double ds[2];

    *value = 0;
    if (loss->weighted) return false;
    for (size_t i = 0; i < loss->count; i++) {
        const struct formula *formula = &formulas[loss->terms[i].kind];

        if (!formula->value) return false;
        *value += loss->terms[i].weight * formula->value(loss, &same, ds);
    }
    return true;
}

/* What the microbatch's mean over chosen tokens counts for. */
static double sft_weight(const struct loss *loss)
{
    for (size_t i = 0; i < loss->count; i++)
        if (loss->terms[i].kind == LOSS_SFT) return loss->terms[i].weight;
    return 0;
}

static size_t shorter(const struct loss_pair *pair)
{
    return pair->counts[CHOSEN] < pair->counts[REJECTED] ? pair->counts[CHOSEN]
                                                         : pair->counts[REJECTED];
}

static double token_weight(const struct loss *loss, const struct loss_pair *pair, size_t token)
{
    return token < shorter(pair) ? 1 : loss->ld_alpha;
}

static double answer_sum(const struct loss *loss, const struct loss_pair *pair, enum side side,
                         const double *logp)
{
    double sum = 0;

    for (size_t t = 0; t < pair->counts[side]; t++) sum += token_weight(loss, pair, t) * logp[t];
    return sum;
}

/* WPO: the mean over an answer's tokens of how their log-probability stands to what a token drawn
 * from the policy would have; no gradient goes through it. */
static double answer_weight(const double *logp, const double *square, size_t count)
{
    double sum = 0;

    for (size_t t = 0; t < count; t++) sum += logp[t] - square[t];
    return count ? sum / (double)count : 0;
}

static void add_terms(const struct loss *loss, const struct loss_batch *batch,
                      const struct loss_pair *pair, double weight, struct loss_row *row)
{
    struct scores scores;
    double slopes[SIDES];

    for (int side = CHOSEN; side < SIDES; side++) {
        scores.s[side] = divergence_score(loss->divergence, loss->alpha,
                                          row->logps[side] - row->references[side], &slopes[side]);
        scores.lengths[side] = (double)pair->lengths[side];
    }
    for (size_t i = 0; i < loss->count; i++) {
        const struct formula *formula = &formulas[loss->terms[i].kind];
        const double share = loss->terms[i].weight * weight;
        double ds[SIDES];

        if (!formula->value || formula->order != ORDER_PAIRS) continue;
        row->loss += share * formula->value(loss, &scores, ds);
        for (int side = CHOSEN; side < SIDES; side++)
            row->slopes[side] += share * ds[side] * slopes[side] / (double)batch->all_pairs;
    }
}

static void fill_row(const struct loss *loss, const struct loss_batch *batch,
                     const struct loss_pair *pair, size_t at, struct loss_row *row)
{
    double weight = 0;

    *row = (struct loss_row){0};
    for (enum side side = CHOSEN; side < SIDES; at += pair->counts[side++]) {
        row->logps[side] = answer_sum(loss, pair, side, batch->logp + at);
        if (loss->weighted)
            weight += answer_weight(batch->logp + at, batch->square + at, pair->counts[side]);
        if (!batch->reference) continue;
        row->references[side] = answer_sum(loss, pair, side, batch->reference + at);
        row->rewards[side] = loss->beta * (row->logps[side] - row->references[side]);
    }
    add_terms(loss, batch, pair, exp(weight), row);
}

static void add_ranks(const struct loss *loss, const struct loss_batch *batch,
                      struct loss_row *rows)
{
    for (size_t i = 0; i < loss->count; i++) {
        const struct formula *formula = &formulas[loss->terms[i].kind];

        if (formula->order == ORDER_PAIRS) continue;
        assert(batch->count == batch->all_pairs && !loss->weighted);
        ranks_add(loss, formula, loss->terms[i].weight, rows, batch->count);
    }
}

/* Returns the sft part, whose slope is the same for every chosen token. */
static double spread(const struct loss *loss, const struct loss_batch *batch,
                     const struct loss_row *rows, float *dlogp)
{
    const double weight = sft_weight(loss),
                 each = weight > 0 ? weight / (double)batch->all_chosen : 0;
    const double *logp = batch->logp;
    double sum = 0;

    for (size_t i = 0; i < batch->count; i++) {
        const struct loss_pair *pair = &batch->pairs[i];

        for (size_t t = 0; t < pair->counts[CHOSEN]; t++) {
            *dlogp++ = (float)(rows[i].slopes[CHOSEN] * token_weight(loss, pair, t) - each);
            if (weight > 0) sum -= logp[t];
        }
        for (size_t t = 0; t < pair->counts[REJECTED]; t++)
            *dlogp++ = (float)(rows[i].slopes[REJECTED] * token_weight(loss, pair, t));
        logp += pair->counts[CHOSEN] + pair->counts[REJECTED];
    }
    return each * sum;
}

double loss_compute(const struct loss *loss, const struct loss_batch *batch, struct loss_row *rows,
                    float *dlogp)
{
    double sum = 0;
    size_t at = 0;

    for (size_t i = 0; i < batch->count; i++) {
        const struct loss_pair *pair = &batch->pairs[i];

        fill_row(loss, batch, pair, at, &rows[i]);
        at += pair->counts[CHOSEN] + pair->counts[REJECTED];
    }
    add_ranks(loss, batch, rows);
    for (size_t i = 0; i < batch->count; i++) sum += rows[i].loss;
    return sum / (double)batch->all_pairs + spread(loss, batch, rows, dlogp);
}
