#include "learn/pass.h"

#include "core/memory.h"

#include <math.h>
#include <string.h>

/* The examples from begin on, before end, of a microbatch. */
struct slice {
    size_t begin, end;
    size_t rows, scored;
};

static struct slice next_slice(const struct pass *pass, const size_t *picked, size_t count,
                               size_t begin)
{
    const struct examples *examples = pass->examples;
    const bool whole = pass->reference && loss_is_joint(&pass->loss);
    struct slice slice = {.begin = begin, .end = begin};

    for (; slice.end < count; slice.end++) {
        const struct example *example = &examples->items[picked[slice.end]];

        if (!whole && slice.end > begin && slice.rows + example->rows > PASS_ROWS) break;
        slice.rows += example->rows;
        slice.scored += example->scored[0] + example->scored[1];
    }
    return slice;
}

void pass_measure(const struct pass *pass, const size_t *picked, size_t count, size_t *rows,
                  size_t *scored)
{
    for (size_t at = 0; at < count;) {
        const struct slice slice = next_slice(pass, picked, count, at);

        if (slice.rows > *rows) *rows = slice.rows;
        if (slice.scored > *scored) *scored = slice.scored;
        at = slice.end;
    }
}

void pass_init(struct pass *pass, size_t scored, size_t count)
{
    pass->pairs = mem_zero(count, sizeof *pass->pairs);
    pass->rows = mem_zero(count, sizeof *pass->rows);
    pass->logp = mem_zero(scored, sizeof *pass->logp);
    pass->reference_logp = mem_zero(scored, sizeof *pass->reference_logp);
    pass->dlogp = mem_zero(scored, sizeof *pass->dlogp);
    pass->facts = (struct row_facts){.mean = mem_zero(scored, sizeof(double)),
                                     .entropy = mem_zero(scored, sizeof(double)),
                                     .best = mem_zero(scored, 1)};
    if (pass->loss.weighted) pass->facts.square = mem_zero(scored, sizeof(double));
}

size_t pass_bytes(const struct pass *pass, size_t scored, size_t count)
{
    const size_t doubles = pass->loss.weighted ? 5 : 4;

    return count * (sizeof *pass->pairs + sizeof *pass->rows) +
           scored * (doubles * sizeof(double) + sizeof *pass->dlogp + 1);
}

void pass_release(struct pass *pass)
{
    batch_release(&pass->batch);
    mem_free(pass->pairs);
    mem_free(pass->rows);
    mem_free(pass->logp);
    mem_free(pass->reference_logp);
    mem_free(pass->dlogp);
    mem_free(pass->facts.mean);
    mem_free(pass->facts.entropy);
    mem_free(pass->facts.best);
    mem_free(pass->facts.square);
}

/* A microbatch under way. */
struct work {
    struct pass *pass;
    const size_t *picked;
    size_t count;
    const struct pass_mode *mode;
    struct pass_result *result;
    size_t chosen; /* scored tokens of the microbatch */
};

static const struct example *example_at(const struct work *work, size_t i)
{
    return &work->pass->examples->items[work->picked[i]];
}

/* Fills the batch and what belongs to its examples. */
static bool load_slice(struct work *work, const struct slice *slice, struct err *err)
{
    struct pass *pass = work->pass;
    const struct reference *reference = pass->reference;
    double *to = pass->reference_logp;

    batch_clear(&pass->batch);
    for (size_t i = slice->begin; i < slice->end; i++) {
        const struct example *example = example_at(work, i);
        const size_t scored = example->scored[0] + example->scored[1];

        if (!examples_add(pass->examples, work->picked[i], &pass->batch, err)) return false;
        pass->pairs[i - slice->begin] =
            (struct loss_pair){.counts = {example->scored[0], example->scored[1]},
                               .lengths = {example->lengths[0], example->lengths[1]}};
        if (!reference) continue;
        memcpy(to, reference->logps + reference->begin[work->picked[i]], scored * sizeof *to);
        to += scored;
    }
    return true;
}

static void forward(struct work *work, const struct slice *slice)
{
    struct pass *pass = work->pass;
    const struct step_mode mode = {.adapted = true,
                                   .keep = work->mode->train,
                                   .dropout = work->mode->train ? work->mode->dropout : 0,
                                   .seed = work->mode->seed,
                                   .call = work->mode->call + slice->begin};

    policy_forward(pass->policy, &pass->batch, &mode, pass->logp, &pass->facts);
}

static void add(struct tally_part *part, enum tally_value value, double sum, double weight)
{
    part->sums[value] += sum;
    part->weights[value] += weight;
}

/* Of the tokens of a slice. */
static void tally_tokens(struct work *work, const struct slice *slice)
{
    static const enum tally_value logits[2] = {TALLY_LOGITS_CHOSEN, TALLY_LOGITS_REJECTED};
    const struct pass *pass = work->pass;
    const bool pairs = pass->reference != NULL;
    struct tally_part *part = &work->result->part;
    size_t t = 0;

    for (size_t i = slice->begin; i < slice->end; i++)
        for (int side = 0; side < 2; side++)
            for (size_t j = 0; j < example_at(work, i)->scored[side]; j++, t++) {
                const double d = pass->reference_logp[t] - pass->logp[t];

                add(part, TALLY_ENTROPY, pass->facts.entropy[t], 1);
                if (side == 0) add(part, TALLY_TOKEN_ACCURACY, pass->facts.best[t], 1);
                if (!pairs) continue;
                add(part, logits[side], pass->facts.mean[t], 1);
                if (side == 0) add(part, TALLY_KL_ESTIMATE, expm1(d) - d, 1);
            }
}

/* Of its pairs. */
static void tally_pairs(struct work *work, const struct slice *slice)
{
    struct tally_part *part = &work->result->part;

    for (size_t i = 0; i < slice->end - slice->begin; i++) {
        const struct loss_row *row = &work->pass->rows[i];
        const double margin = row->rewards[0] - row->rewards[1];

        if (!isfinite(row->loss) || !isfinite(margin))
            work->result->worst = work->picked[slice->begin + i];
        add(part, TALLY_REWARD_CHOSEN, row->rewards[0], 1);
        add(part, TALLY_REWARD_REJECTED, row->rewards[1], 1);
        add(part, TALLY_REWARD_ACCURACY, row->rewards[0] > row->rewards[1], 1);
        add(part, TALLY_MARGIN, margin, 1);
        add(part, TALLY_LOGP_CHOSEN, row->logps[0], 1);
        add(part, TALLY_LOGP_REJECTED, row->logps[1], 1);
    }
}

/* The loss of texts is that of their tokens. */
static double text_loss(struct work *work, const struct slice *slice)
{
    const struct pass *pass = work->pass;
    double sum = 0;
    size_t t = 0;

    for (size_t i = slice->begin; i < slice->end; i++) {
        double text = 0;

        for (size_t j = 0; j < example_at(work, i)->scored[0]; j++, t++) {
            text -= pass->logp[t];
            pass->dlogp[t] = (float)-work->mode->share;
        }
        if (!isfinite(text)) work->result->worst = work->picked[i];
        sum += text;
    }
    return sum * work->mode->share;
}

static double pair_loss(struct work *work, const struct slice *slice)
{
    struct pass *pass = work->pass;
    const struct loss_batch batch = {.pairs = pass->pairs,
                                     .count = slice->end - slice->begin,
                                     .logp = pass->logp,
                                     .reference = pass->reference_logp,
                                     .square = pass->facts.square,
                                     .all_pairs = work->count,
                                     .all_chosen = work->chosen};
    const double loss = loss_compute(&pass->loss, &batch, pass->rows, pass->dlogp);

    for (size_t t = 0; t < slice->scored; t++) pass->dlogp[t] *= (float)work->mode->share;
    tally_pairs(work, slice);
    return loss * work->mode->share;
}

static bool run_slice(struct work *work, const struct slice *slice, struct err *err)
{
    struct pass *pass = work->pass;

    if (!load_slice(work, slice, err)) return false;
    if (slice->scored > 0) forward(work, slice);
    work->result->loss += pass->reference ? pair_loss(work, slice) : text_loss(work, slice);
    tally_tokens(work, slice);
    if (slice->scored == 0) return true;
    if (work->mode->train && isfinite(work->result->loss))
        policy_backward(pass->policy, &pass->batch, pass->dlogp);
    return !work->mode->look || work->mode->look(work->mode->context, pass, err);
}

bool pass_run(struct pass *pass, const size_t *picked, size_t count, const struct pass_mode *mode,
              struct pass_result *result, struct err *err)
{
    struct work work = {
        .pass = pass, .picked = picked, .count = count, .mode = mode, .result = result};

    *result = (struct pass_result){.worst = SIZE_MAX};
    for (size_t i = 0; i < count; i++) work.chosen += example_at(&work, i)->scored[0];
    for (size_t at = 0; at < count;) {
        const struct slice slice = next_slice(pass, picked, count, at);

        if (!run_slice(&work, &slice, err)) return false;
        at = slice.end;
    }
    return true;
}
