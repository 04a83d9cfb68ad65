#include "learn/policy.h"

#include <assert.h>

void policy_init(struct policy *policy, struct adapter *adapter, const struct adapter *start,
                 struct decoder *frozen)
{
    policy->start = start;
    policy->frozen = frozen;
    if (!adapter) {
        whole_init(&policy->weights, &policy->decoder);
        policy->parameters = &policy->weights;
        return;
    }
    policy->adapter = *adapter;
    *adapter = (struct adapter){0};
    adapter_train(&policy->adapter);
    decoder_adapt(&policy->decoder, &policy->adapter);
    policy->parameters = &policy->adapter.parameters;
}

size_t policy_held(const struct policy *policy)
{
    const size_t start = policy->start ? policy->start->parameters.size : 0;

    return (2 * policy->parameters->size + start) * sizeof(float);
}

static size_t table_bytes(const struct decoder *decoder)
{
    return decoder->rope.positions * decoder->config->head_dim * sizeof(float);
}

/* The other model only goes forward, beside the policy's step. */
static void plan_frozen(struct policy *policy, const struct policy_needs *needs)
{
    struct err err;

    decoder_reach(policy->frozen, needs->positions);
    policy->frozen_plan = (struct step_plan){.rows = needs->rows, .scored = needs->scored};
    step_plan(policy->frozen, &policy->frozen_plan, SIZE_MAX, &err);
    policy->bytes += table_bytes(policy->frozen) + policy->frozen_plan.bytes;
}

void policy_plan(struct policy *policy, const struct policy_needs *needs)
{
    const struct decoder *reference = policy->frozen ? policy->frozen : &policy->decoder;

    decoder_reach(&policy->decoder, needs->positions);
    policy->plan = (struct step_plan){.rows = needs->rows,
                                      .scored = needs->scored,
                                      .backward = true,
                                      .dropout = needs->dropout,
                                      .reference = needs->compare ? reference : NULL};
    policy->plan.bytes = step_least(&policy->decoder, &policy->plan);
    policy->bytes = policy_held(policy) + table_bytes(&policy->decoder) + policy->plan.bytes;
    if (policy->frozen) plan_frozen(policy, needs);
}

void policy_spread(struct policy *policy, size_t memory)
{
    const size_t rest = policy->bytes - policy->plan.bytes;
    struct err err;

    assert(memory >= policy->bytes);
    step_plan(&policy->decoder, &policy->plan, memory - rest, &err);
    policy->bytes = rest + policy->plan.bytes;
}

void policy_ready(struct policy *policy)
{
    policy->step = step_new(&policy->decoder, &policy->plan);
    if (policy->frozen) policy->frozen_step = step_new(policy->frozen, &policy->frozen_plan);
}

void policy_forward(struct policy *policy, const struct batch *batch, const struct step_mode *mode,
                    double *logp, const struct row_facts *facts)
{
    step_forward(policy->step, batch, mode, logp, facts);
}

void policy_backward(struct policy *policy, const struct batch *batch, const float *dlogp)
{
    step_backward(policy->step, batch, dlogp);
}

struct decoder *policy_decoder(struct policy *policy, bool reference, bool *adapted)
{
    if (policy->start)
        decoder_adapt(&policy->decoder, reference ? policy->start : &policy->adapter);
    *adapted = !reference || policy->start;
    return reference && policy->frozen ? policy->frozen : &policy->decoder;
}

void policy_reference(struct policy *policy, const struct batch *batch, double *logp, float *rows)
{
    struct step *step = policy->frozen ? policy->frozen_step : policy->step;
    struct step_mode mode = {0};

    policy_decoder(policy, true, &mode.adapted);
    step_forward(step, batch, &mode, logp, NULL);
    policy_decoder(policy, false, &mode.adapted);
    if (rows) step_scored_rows(step, batch, rows);
}

void policy_rows(const struct policy *policy, const struct batch *batch, float *rows)
{
    step_scored_rows(policy->step, batch, rows);
}

void policy_divergence(struct policy *policy, size_t count, const float *rows,
                       const float *reference_rows, double *kl)
{
    step_divergence(policy->step, policy->frozen ? policy->frozen : &policy->decoder, count, rows,
                    reference_rows, kl);
}

size_t policy_width(const struct policy *policy)
{
    return policy->decoder.config->hidden;
}

void policy_release(struct policy *policy)
{
    step_free(policy->step);
    step_free(policy->frozen_step);
    adapter_release(&policy->adapter);
    parameters_release(&policy->weights);
}
