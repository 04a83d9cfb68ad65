#include "learn/update.h"

#include "core/memory.h"
#include "optimizer/gradients.h"

#include <math.h>

void updater_init(struct updater *updater, const struct adamw *adamw)
{
    const struct policy *policy = updater->pass.policy;

    pass_init(&updater->pass, policy->plan.scored, updater->feed.batch);
    adamw_init(&updater->adamw, policy->parameters);
    updater->adamw.beta1 = adamw->beta1;
    updater->adamw.beta2 = adamw->beta2;
    updater->adamw.epsilon = adamw->epsilon;
    updater->adamw.weight_decay = adamw->weight_decay;
    gradient_sum_init(&updater->sum, policy->parameters, updater->feed.accumulation);
}

size_t updater_bytes(const struct updater *updater, size_t scored)
{
    const struct parameters *parameters = updater->pass.policy->parameters;

    return pass_bytes(&updater->pass, scored, updater->feed.batch) +
           updater->feed.examples->count * sizeof *updater->feed.order +
           2 * parameters->size * sizeof(float) +
           gradient_sum_bytes(parameters, updater->feed.accumulation);
}

void updater_release(struct updater *updater)
{
    pass_release(&updater->pass);
    feed_release(&updater->feed);
    adamw_release(&updater->adamw);
    gradient_sum_release(&updater->sum);
}

static const struct example *example_at(const struct updater *updater,
                                        const struct feed_update *picked, size_t i)
{
    return &updater->pass.examples->items[picked->picked[i]];
}

static void count(const struct updater *updater, const struct feed_update *picked,
                  struct update *update)
{
    for (size_t i = 0; i < picked->count; i++) {
        const struct example *example = example_at(updater, picked, i);

        update->tokens += example->tokens;
        update->targets += example->scored[0] + example->scored[1];
    }
}

#define REMEDY "; nothing was changed; a lower --learning-rate or --max-grad-norm may help"

/* Which record's numbers are not finite, as far as that is known. */
static bool tell(const struct updater *updater, const struct feed_update *picked, size_t worst,
                 const char *what, struct err *err)
{
    const struct examples *examples = updater->pass.examples;
    const size_t first = worst == SIZE_MAX ? picked->picked[0] : worst;

    return err_set(err, "%s:%llu: %s%s", examples_path(examples, examples->items[first].file),
                   (unsigned long long)examples->items[first].line, what,
                   worst == SIZE_MAX ? " (the first record of the update)" : "");
}

static bool run_microbatches(struct updater *updater, uint64_t step,
                             const struct feed_update *picked, struct update *update,
                             struct err *err)
{
    const size_t batch = updater->feed.batch;
    const bool texts = !updater->pass.reference;
    struct team *team = updater->pass.policy->decoder.gemm.team;
    struct pass_mode mode = {.train = true,
                             .share = 1 / (double)(texts ? update->targets : picked->microbatches),
                             .dropout = updater->dropout,
                             .seed = updater->seed,
                             .call = step * batch * updater->feed.accumulation};

    gradient_sum_begin(team, &updater->sum, picked->microbatches);
    for (size_t at = 0; at < picked->count; at += batch) {
        const size_t some = picked->count - at < batch ? picked->count - at : batch;
        struct pass_result result;

        if (!pass_run(&updater->pass, picked->picked + at, some, &mode, &result, err)) return false;
        if (!isfinite(result.loss))
            return tell(updater, picked, result.worst, "the loss is not finite" REMEDY, err);
        mode.call += some;
        update->loss += result.loss;
        tally_add(&update->tally, &result.part);
        gradient_sum_take(team, &updater->sum);
    }
    return true;
}

bool updater_run(struct updater *updater, uint64_t step, double rate, struct update *update,
                 struct err *err)
{
    struct parameters *parameters = updater->pass.policy->parameters;
    struct team *team = updater->pass.policy->decoder.gemm.team;
    const struct feed_update picked = feed_at(&updater->feed, step);

    *update = (struct update){0};
    count(updater, &picked, update);
    if (!run_microbatches(updater, step, &picked, update, err)) return false;
    update->norm = gradients_norm(team, parameters);
    if (!isfinite(update->norm))
        return tell(updater, &picked, SIZE_MAX, "the gradient is not finite" REMEDY, err);
    adamw_step(team, &updater->adamw, parameters, rate,
               gradients_factor(update->norm, updater->max_norm));
    return true;
}
