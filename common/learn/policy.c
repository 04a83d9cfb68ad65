#include "learn/policy.h"

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

/* The other model only goes forward, beside the policy's step. */
static bool plan_frozen(const struct policy *policy, struct step_plan *plan, struct err *err)
{
    *plan = (struct step_plan){.rows = policy->plan.rows, .scored = policy->plan.scored};
    return step_plan(policy->frozen, plan, SIZE_MAX, err);
}

bool policy_plan(struct policy *policy, const struct policy_needs *needs, struct err *err)
{
    const struct decoder *reference = policy->frozen ? policy->frozen : &policy->decoder;
    struct step_plan frozen = {0};

    decoder_reach(&policy->decoder, needs->positions);
    policy->plan = (struct step_plan){.rows = needs->rows,
                                      .scored = needs->scored,
                                      .backward = true,
                                      .dropout = needs->dropout,
                                      .reference = needs->compare ? reference : NULL};
    if (policy->frozen) {
        decoder_reach(policy->frozen, needs->positions);
        if (!plan_frozen(policy, &frozen, err)) return false;
    }
    if (frozen.bytes > needs->memory)
        return err_set(err, "the reference model needs %.1f MB of memory, and there are %.1f MB",
                       (double)frozen.bytes * 1e-6, (double)needs->memory * 1e-6);
    return step_plan(&policy->decoder, &policy->plan, needs->memory - frozen.bytes, err);
}

void policy_ready(struct policy *policy)
{
    struct step_plan frozen;
    struct err err;

    policy->step = step_new(&policy->decoder, &policy->plan);
    if (!policy->frozen) return;
    plan_frozen(policy, &frozen, &err);
    policy->frozen_step = step_new(policy->frozen, &frozen);
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
