#include "learn/evaluator.h"

#include "core/memory.h"

#include <math.h>
#include <string.h>

void evaluator_init(struct evaluator *evaluator, size_t scored)
{
    const size_t width = policy_width(evaluator->pass.policy);
    const struct reference *reference = evaluator->pass.reference;

    pass_init(&evaluator->pass, scored, evaluator->batch);
    evaluator->picked = mem_zero(evaluator->batch, sizeof *evaluator->picked);
    if (!reference) return;
    evaluator->rows = mem_alloc(mem_product(scored * width, sizeof(float)));
    evaluator->reference_rows = mem_alloc(mem_product(scored * width, sizeof(float)));
    evaluator->kl = mem_zero(scored, sizeof *evaluator->kl);
    evaluator->tokens_kept = evaluator->keep / (width * sizeof(float));
    if (evaluator->tokens_kept > reference->tokens) evaluator->tokens_kept = reference->tokens;
}

size_t evaluator_bytes(const struct evaluator *evaluator, size_t scored)
{
    const size_t rows = policy_width(evaluator->pass.policy) * sizeof(float);

    return pass_bytes(&evaluator->pass, scored, evaluator->batch) +
           evaluator->batch * sizeof *evaluator->picked +
           (evaluator->pass.reference ? scored * (2 * rows + sizeof *evaluator->kl) : 0);
}

void evaluator_release(struct evaluator *evaluator)
{
    pass_release(&evaluator->pass);
    mem_free(evaluator->picked);
    mem_free(evaluator->kept);
    mem_free(evaluator->rows);
    mem_free(evaluator->reference_rows);
    mem_free(evaluator->kl);
}

/* An evaluation under way. */
struct round {
    struct evaluator *evaluator;
    size_t tokens; /* before this slice */
    bool first;    /* nothing is kept yet */
    double kl;
};

/* The reference once more; it must say what it said before training. */
static bool ask_reference(struct round *round, struct pass *pass, double *logp, struct err *err)
{
    const size_t count = pass->batch.scored_count;

    policy_reference(pass->policy, &pass->batch, logp, round->evaluator->reference_rows);
    if (memcmp(logp, pass->reference_logp, count * sizeof *logp) == 0) return true;
    return err_set(err, "the reference model is not what it was before training: this is a bug");
}

static bool look(void *context, struct pass *pass, struct err *err)
{
    struct round *round = context;
    struct evaluator *evaluator = round->evaluator;
    const size_t count = pass->batch.scored_count, width = policy_width(pass->policy);
    const bool keeps = round->tokens + count <= evaluator->tokens_kept;
    float *kept = keeps ? evaluator->kept + round->tokens * width : NULL;

    policy_rows(pass->policy, &pass->batch, evaluator->rows);
    if (!keeps || round->first || round->tokens == 0) {
        if (!ask_reference(round, pass, evaluator->kl, err)) return false;
        if (keeps) memcpy(kept, evaluator->reference_rows, count * width * sizeof *kept);
    }
    policy_divergence(pass->policy, count, evaluator->rows,
                      keeps ? kept : evaluator->reference_rows, evaluator->kl);
    for (size_t i = 0; i < count; i++) round->kl += evaluator->kl[i];
    round->tokens += count;
    return true;
}

static bool check(const struct pass *pass, const struct pass_result *result, struct err *err)
{
    const struct examples *examples = pass->examples;
    const struct example *worst;

    if (isfinite(result->loss)) return true;
    if (result->worst == SIZE_MAX) return err_set(err, "the evaluation's loss is not finite");
    worst = &examples->items[result->worst];
    return err_set(err, "%s:%llu: the model gives no finite log-probabilities in evaluation",
                   examples_path(examples, worst->file), (unsigned long long)worst->line);
}

/* In SFT the mean is over the microbatch's tokens. */
static double share_of(const struct evaluator *evaluator, size_t count)
{
    const struct pass *pass = &evaluator->pass;
    size_t tokens = 0;

    if (pass->reference) return 1;
    for (size_t i = 0; i < count; i++)
        tokens += pass->examples->items[evaluator->picked[i]].scored[0];
    return 1 / (double)tokens;
}

bool evaluator_run(struct evaluator *evaluator, struct evaluated *result, struct err *err)
{
    struct pass *pass = &evaluator->pass;
    const struct examples *examples = pass->examples;
    const size_t width = policy_width(pass->policy);
    struct round round = {.evaluator = evaluator, .first = !evaluator->kept};
    struct pass_mode mode = {.look = pass->reference ? look : NULL, .context = &round};
    double loss = 0;

    *result = (struct evaluated){0};
    if (pass->reference && round.first)
        evaluator->kept = mem_alloc(mem_product(evaluator->tokens_kept * width, sizeof(float)));
    for (size_t at = 0; at < examples->count;) {
        struct pass_result part;
        size_t count = 0;

        for (; count < evaluator->batch && at < examples->count; count++, at++)
            evaluator->picked[count] = at;
        mode.share = share_of(evaluator, count);
        if (!pass_run(pass, evaluator->picked, count, &mode, &part, err) ||
            !check(pass, &part, err))
            return false;
        loss += part.loss * (double)count;
        tally_add(&result->tally, &part.part);
    }
    result->loss = loss / (double)examples->count;
    result->has_kl = round.tokens > 0;
    result->kl = round.kl / (double)round.tokens;
    result->kl_sequence = round.kl / (2 * (double)examples->count);
    return true;
}
