#include "eval/score.h"

#include "decoder/step.h"

#include <math.h>

/* What goes through the model together: the pairs from begin on, before end. */
struct stretch {
    size_t begin, end, rows, scored;
};

/* The largest run of pairs of no more than so many rows, or one pair. */
static struct stretch next_stretch(const struct examples *examples, size_t begin, size_t most)
{
    struct stretch stretch = {.begin = begin, .end = begin};

    for (; stretch.end < examples->count; stretch.end++) {
        const struct example *item = &examples->items[stretch.end];

        if (stretch.rows > 0 && item->rows > most - (stretch.rows < most ? stretch.rows : most))
            break;
        stretch.rows += item->rows;
        stretch.scored += item->scored[0] + item->scored[1];
    }
    return stretch;
}

/* The most of all batches; returns the rows of the largest pair. */
static size_t measure(const struct examples *examples, size_t most, struct step_plan *plan)
{
    size_t largest = 0;

    *plan = (struct step_plan){.reference = plan->reference};
    for (size_t at = 0; at < examples->count;) {
        const struct stretch stretch = next_stretch(examples, at, most);

        if (stretch.rows > plan->rows) plan->rows = stretch.rows;
        if (stretch.scored > plan->scored) plan->scored = stretch.scored;
        at = stretch.end;
    }
    for (size_t i = 0; i < examples->count; i++)
        if (examples->items[i].rows > largest) largest = examples->items[i].rows;
    return largest;
}

/* What take_room takes beside the step, and the scores. */
static size_t beside(const struct scorer *scorer, const struct examples *examples,
                     const struct step_plan *plan)
{
    const size_t rows = 2 * scorer->decoder->config->hidden * sizeof(float);

    return examples->count * sizeof *scorer->scores +
           plan->scored * (sizeof(double) + (plan->reference ? rows + sizeof(double) : 0));
}

/* Goes down to batches of one pair before it gives up. */
static bool plan_batches(struct scorer *scorer, const struct examples *examples,
                         struct step_plan *plan, struct err *err)
{
    for (;;) {
        const size_t largest = measure(examples, scorer->batch_tokens, plan);

        plan->beside = beside(scorer, examples, plan);
        if (step_plan(scorer->decoder, plan, scorer->memory, err)) return true;
        if (scorer->batch_tokens <= largest) return false;
        scorer->batch_tokens /= 2;
        if (scorer->batch_tokens < largest) scorer->batch_tokens = largest;
    }
}

/* Sums in the order of the tokens. */
static bool sum_up(const struct examples *examples, const struct stretch *stretch,
                   const double *logp, struct score *scores, bool reference, struct err *err)
{
    for (size_t i = stretch->begin; i < stretch->end; i++)
        for (int side = 0; side < 2; side++) {
            double sum = 0;

            for (size_t j = 0; j < examples->items[i].scored[side]; j++) sum += *logp++;
            if (!isfinite(sum))
                return err_set(err, "record %zu: the model gives no finite log-probabilities",
                               i + 1);
            if (!reference) scores[i].policy[side] = sum;
            scores[i].reference[side] = sum;
        }
    return true;
}

struct work {
    struct scorer *scorer;
    struct examples *examples;
    struct step *step;
    struct batch batch;
    double *logp;
    float *rows[2]; /* of policy and reference; NULL where there is no adapter */
    double *kl;
};

static void add_divergence(struct work *work, const struct stretch *stretch)
{
    const double *kl = work->kl;

    step_divergence(work->step, work->scorer->decoder, work->batch.scored_count, work->rows[0],
                    work->rows[1], work->kl);
    for (size_t i = stretch->begin; i < stretch->end; i++)
        for (int side = 0; side < 2; side++)
            for (size_t j = 0; j < work->examples->items[i].scored[side]; j++)
                work->scorer->scores[i].kl[side] += *kl++;
}

static bool score_stretch(struct work *work, const struct stretch *stretch, struct err *err)
{
    struct scorer *scorer = work->scorer;
    const bool adapted = scorer->decoder->adapter != NULL;

    batch_clear(&work->batch);
    for (size_t i = stretch->begin; i < stretch->end; i++)
        if (work->examples->items[i].rows > 0 &&
            !examples_add(work->examples, i, &work->batch, err))
            return false;
    if (work->batch.rows == 0) return true;
    for (int reference = 0; reference <= (int)adapted; reference++) {
        const struct step_mode mode = {.adapted = adapted && !reference};

        step_forward(work->step, &work->batch, &mode, work->logp, NULL);
        if (adapted) step_scored_rows(work->step, &work->batch, work->rows[reference]);
        scorer->rows += work->batch.rows;
        if (!sum_up(work->examples, stretch, work->logp, scorer->scores, reference, err))
            return false;
    }
    if (adapted) add_divergence(work, stretch);
    return true;
}

static void take_room(struct work *work, const struct step_plan *plan)
{
    const size_t floats = mem_product(plan->scored, work->scorer->decoder->config->hidden);

    work->step = step_new(work->scorer->decoder, plan);
    work->logp = mem_zero(plan->scored, sizeof *work->logp);
    if (!plan->reference) return;
    work->kl = mem_zero(plan->scored, sizeof *work->kl);
    for (int i = 0; i < 2; i++) work->rows[i] = mem_alloc(mem_product(floats, sizeof(float)));
}

static void release_room(struct work *work)
{
    step_free(work->step);
    batch_release(&work->batch);
    mem_free(work->logp);
    mem_free(work->kl);
    mem_free(work->rows[0]);
    mem_free(work->rows[1]);
}

bool scorer_run(struct scorer *scorer, struct examples *examples, struct err *err)
{
    struct work work = {.scorer = scorer, .examples = examples};
    struct step_plan plan = {.reference = scorer->decoder->adapter ? scorer->decoder : NULL};
    bool good = true;

    scorer->rows = 0;
    if (examples->count == examples->dropped)
        return err_set(err, "there are no pairs to score%s",
                       examples->count ? ": all prompts fill --max-length" : "");
    decoder_reach(scorer->decoder, examples->longest);
    if (!plan_batches(scorer, examples, &plan, err)) return false;
    scorer->scores = mem_zero(examples->count, sizeof *scorer->scores);
    take_room(&work, &plan);
    for (size_t at = 0; good && at < examples->count;) {
        const struct stretch stretch = next_stretch(examples, at, scorer->batch_tokens);

        good = score_stretch(&work, &stretch, err);
        at = stretch.end;
    }
    release_room(&work);
    return good;
}

void scorer_release(struct scorer *scorer)
{
    mem_free(scorer->scores);
    scorer->scores = NULL;
}
