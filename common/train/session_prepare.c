#include "train/session.h"

#include "core/outfolder.h"

#include <math.h>

/* What is compared with the checkpoint that the run goes on from, before hours are spent. */
static bool find_inputs(struct session *session, struct err *err)
{
    char model[MODEL_IDENTITY];

    if (!session_digests(session, err)) return false;
    session->inputs = json_object();
    json_object_set_new(session->inputs, "model", json_string(session->identity));
    json_object_set_new(session->inputs, "training set", json_string(session->digests[0]));
    if (session->evaluates)
        json_object_set_new(session->inputs, "evaluation set", json_string(session->digests[1]));
    if (session->settings.method == METHOD_SFT) return true;
    model_identity(session->has_other ? &session->other.weights : &session->model.weights, model);
    reference_identity(&session->policy, model, session->options.bits, session->reference_hash);
    json_object_set_new(session->inputs, "reference", json_string(session->reference_hash));
    return true;
}

static bool find_reference(struct session *session, int which, struct err *err)
{
    struct examples *examples = which == 0 ? &session->train : &session->eval;
    const struct reference_options options = {.cache = session->options.cache,
                                              .identity = session->reference_hash,
                                              .rows = session->policy.plan.rows,
                                              .scored = session->policy.plan.scored,
                                              .go_on = session->reference_talk,
                                              .context = session->talk.context};

    return reference_find(&session->references[which], &session->policy, examples, &options, err);
}

static bool find_references(struct session *session, struct err *err)
{
    if (session->settings.method == METHOD_SFT) return true;
    if (session->options.cache && !outfolder_make(session->options.cache, err)) return false;
    return find_reference(session, 0, err) &&
           (!session->evaluates || find_reference(session, 1, err));
}

/* Are policy and reference one where training begins? */
static bool begins_at_reference(const struct session *session)
{
    return session->settings.method == METHOD_DPO && !session->has_other &&
           (!session->options.adapter || session->has_start);
}

struct check {
    double difference; /* the largest of a token's log-probabilities */
};

static bool compare(void *context, struct pass *pass, struct err *err)
{
    struct check *check = context;

    (void)err;
    for (size_t i = 0; i < pass->batch.scored_count; i++) {
        const double difference = fabs(pass->logp[i] - pass->reference_logp[i]);

        if (!(difference <= check->difference)) check->difference = difference;
    }
    return true;
}

/* The first microbatch, before anything was trained. */
static bool self_check(struct session *session, struct err *err)
{
    struct updater *updater = &session->updater;
    const struct feed_update picked = feed_at(&updater->feed, 0);
    const size_t batch = updater->feed.batch, count = picked.count < batch ? picked.count : batch;
    struct check check = {0};
    const struct pass_mode mode = {.share = 1, .look = compare, .context = &check};
    struct pass_result result;

    session->start_loss = NAN;
    if (session->settings.method == METHOD_SFT) return true;
    if (!pass_run(&updater->pass, picked.picked, count, &mode, &result, err)) return false;
    session->start_difference = check.difference;
    session->first_loss = result.loss;
    if (!begins_at_reference(session)) return true;
    if (!loss_start(&session->settings.loss, &session->start_loss)) session->start_loss = NAN;
    if (!(check.difference <= 0))
        return err_set(err,
                       "the policy differs from its reference by %g before the first update: "
                       "this is a bug",
                       check.difference);
    if (!isnan(session->start_loss) &&
        !(fabs(result.loss - session->start_loss) <= 1e-6 * (1 + fabs(session->start_loss))))
        return err_set(err, "the loss begins at %g instead of %g: this is a bug", result.loss,
                       session->start_loss);
    return true;
}

static bool set_up_samples(struct session *session, struct err *err)
{
    if (session->samples.count == 0) return true;
    ends_init(&session->samples.ends, &session->model.config,
              tokenizer_eos(session->language.tokenizer));
    return samples_init(&session->samples, &session->eval, err);
}

static void set_up_trainer(struct session *session)
{
    const bool full = session->options.full;

    session->trainer = (struct trainer){
        .settings = &session->settings,
        .run = session->options.run,
        .options = session->options.options,
        .inputs = session->inputs,
        .kernel = session->policy.decoder.gemm.kernel->name,
        .schedule = session->schedule,
        .start = session->start_loss,
        .updater = &session->updater,
        .evaluator = session->evaluates ? &session->evaluator : NULL,
        .samples = session->settings.samples ? &session->samples : NULL,
        .talk = session->talk,
        .tensorboard = session->options.tensorboard,
        .checkpoint = {.run = session->options.run,
                       .weights = full ? "model.safetensors" : "adapter_model.safetensors",
                       .parameters = session->policy.parameters},
        .write_model = session_write_model,
        .model = session};
}

bool session_prepare(struct session *session, struct err *err)
{
    const struct session_options *options = &session->options;

    if (!find_inputs(session, err)) return false;
    if (options->resume && !trainer_check(options->run, options->options, session->inputs, err))
        return false;
    policy_ready(&session->policy);
    if (!find_references(session, err)) return false;
    updater_init(&session->updater, &session->settings.adamw);
    if (session->evaluates) evaluator_init(&session->evaluator, session->policy.plan.scored);
    if (!self_check(session, err) || !set_up_samples(session, err)) return false;
    set_up_trainer(session);
    return trainer_begin(&session->trainer, session->options.resume, err);
}
