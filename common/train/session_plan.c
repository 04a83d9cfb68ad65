#include "train/session.h"

#include "core/memory.h"
#include "core/number.h"
#include "machine/available.h"

/* What evaluations keep of the reference, at most, and the part of the memory it may take. */
#define KEEP_MOST ((size_t)1 << 30)
#define KEEP_PART 8

static bool plan_rates(struct session *session, struct err *err)
{
    const struct train_settings *settings = &session->settings;
    struct plan *plan = &session->plan;

    if (!plan_count(&plan->counts, session->train.count, settings->batch_size,
                    settings->accumulation, settings->epochs, settings->max_steps, err))
        return false;
    session->schedule = settings->schedule;
    session->schedule.total = plan->counts.updates;
    session->schedule.warmup = settings->warmup_steps
                                   ? settings->warmup_steps
                                   : schedule_warmup(plan->counts.updates, settings->warmup_ratio);
    if (!schedule_check(&session->schedule, err)) return false;
    plan->warmup = session->schedule.warmup;
    plan->learning_rate = session->schedule.learning_rate;
    plan->rate_area = schedule_area(&session->schedule);
    return true;
}

static void plan_habits(struct session *session)
{
    const struct train_settings *settings = &session->settings;
    const struct examples *train = &session->train;
    const struct adapter_options *lora = &session->policy.adapter.options;
    struct plan *plan = &session->plan;

    plan->evaluates = session->evaluates;
    plan->lora = !session->options.full;
    plan->rslora = lora->rslora;
    plan->lora_rank = lora->rank;
    plan->lora_alpha = lora->alpha;
    plan->lora_dropout = (double)settings->dropout;
    plan->batch = settings->batch_size;
    plan->accumulation = settings->accumulation;
    plan->logging = settings->logging_steps;
    plan->evaluation = settings->eval_steps;
    plan->save = settings->save_steps;
    plan->keeps_best = settings->keeps_best;
    plan->needs_evaluated = settings->keeps_best || kl_may_roll_back(&settings->kl);
    plan->patience = settings->early_stopping;
    plan->kl_limit = settings->kl.limit;
    plan->kl_target = settings->adaptive_beta;
    plan->rollback_repeats = kl_only_repeats(&settings->kl);
    plan->beta = settings->method == METHOD_DPO ? settings->loss.beta : 0;
    plan->label_smoothing = settings->loss.label_smoothing;
    plan->examples = train->count;
    plan->dropped = train->dropped;
    plan->cut = train->cut;
    plan->prompt_cut = train->prompt_cut;
    plan->system_lost = train->system_lost;
    plan->unasked = train->unasked;
    plan->same = train->same;
    plan->chosen_longer = train->chosen_longer;
}

static void set_up_passes(struct session *session)
{
    const struct train_settings *settings = &session->settings;
    const bool pairs = settings->method == METHOD_DPO;
    const struct pass pass = {.policy = &session->policy, .loss = settings->loss};

    session->updater = (struct updater){.pass = pass,
                                        .feed = {.examples = &session->train,
                                                 .batch = settings->batch_size,
                                                 .accumulation = settings->accumulation,
                                                 .shuffled = settings->shuffled,
                                                 .curriculum = settings->curriculum,
                                                 .seed = settings->seed},
                                        .max_norm = settings->max_grad_norm,
                                        .dropout = settings->dropout,
                                        .seed = settings->seed};
    session->updater.pass.examples = &session->train;
    session->updater.pass.reference = pairs ? &session->references[0] : NULL;
    session->evaluator = (struct evaluator){.pass = pass, .batch = settings->batch_size};
    session->evaluator.pass.examples = &session->eval;
    session->evaluator.pass.reference = pairs ? &session->references[1] : NULL;
    session->samples = (struct samples){.policy = &session->policy,
                                        .language = &session->language,
                                        .count = settings->samples,
                                        .most = settings->sample_tokens,
                                        .beyond_context = session->options.beyond_context};
}

/* Each example alone, and all of them in turn, as the reference pass and evaluations take them. */
static void measure_set(const struct pass *pass, size_t batch, struct policy_needs *needs)
{
    const size_t count = pass->examples->count;
    size_t *all = mem_zero(count, sizeof *all);

    for (size_t i = 0; i < count; i++) {
        all[i] = i;
        pass_measure(pass, all + i, 1, &needs->rows, &needs->scored);
    }
    for (size_t at = 0; at < count; at += batch)
        pass_measure(pass, all + at, count - at < batch ? count - at : batch, &needs->rows,
                     &needs->scored);
    mem_free(all);
}

/* The rows and scored tokens of the largest slice of the run. */
static void measure(struct session *session, struct policy_needs *needs)
{
    struct updater *updater = &session->updater;
    const size_t batch = updater->feed.batch;

    measure_set(&updater->pass, batch, needs);
    if (session->evaluates) measure_set(&session->evaluator.pass, batch, needs);
    for (uint64_t update = 0; update < session->schedule.total; update++) {
        const struct feed_update all = feed_at(&updater->feed, update);

        for (size_t at = 0; at < all.count; at += batch)
            pass_measure(&updater->pass, all.picked + at,
                         all.count - at < batch ? all.count - at : batch, &needs->rows,
                         &needs->scored);
    }
}

/* The records of a set, and what the reference says of them. */
static size_t set_bytes(const struct session *session, const struct examples *examples)
{
    const bool pairs = session->settings.method == METHOD_DPO;

    return examples->room * sizeof *examples->items + (pairs ? reference_bytes(examples) : 0);
}

/* What is not the policy's. */
static size_t rest_bytes(const struct session *session, const struct policy_needs *needs)
{
    const size_t train =
        set_bytes(session, &session->train) + updater_bytes(&session->updater, needs->scored);

    if (!session->evaluates) return train;
    return train + set_bytes(session, &session->eval) +
           evaluator_bytes(&session->evaluator, needs->scored) +
           samples_bytes(&session->samples, &session->eval);
}

/* By default what is left, and what was taken of it before it was asked for. */
static size_t find_memory(const struct session *session)
{
    const size_t left = available_memory("");
    const size_t held = policy_held(&session->policy) +
                        session->train.room * sizeof *session->train.items +
                        session->eval.room * sizeof *session->eval.items;

    if (session->options.memory) return session->options.memory;
    return left < SIZE_MAX - held ? left + held : SIZE_MAX;
}

static bool too_little(const struct session *session, size_t needed, size_t memory, struct err *err)
{
    char all[SIZE_TEXT], batch[SIZE_TEXT], there[SIZE_TEXT];

    return err_set(
        err,
        "training needs %s of memory, %s of it for batches of %zu tokens and the rest for "
        "what is trained, and %s %s",
        write_size(all, needed, true), write_size(batch, session->policy.plan.bytes, true),
        session->policy.plan.rows, session->options.memory ? "--memory is" : "there is",
        write_size(there, memory, false));
}

/* What is more than needed goes to what evaluations keep, then to layers. */
static bool spread(struct session *session, size_t rest, struct err *err)
{
    const size_t memory = find_memory(session);
    const size_t part = memory / KEEP_PART, most = part < KEEP_MOST ? part : KEEP_MOST;
    const size_t needed = rest + session->policy.bytes;
    size_t *keep = &session->evaluator.keep;

    if (needed > memory) return too_little(session, needed, memory, err);
    if (session->evaluates && session->evaluator.pass.reference)
        *keep = (size_t)session->eval.scored * policy_width(&session->policy) * sizeof(float);
    if (*keep > most) *keep = most;
    if (*keep > memory - needed) *keep = memory - needed;
    policy_spread(&session->policy, memory - rest - *keep);
    session->bytes = rest + *keep + session->policy.bytes;
    return true;
}

static void find_positions(const struct session *session, struct policy_needs *needs)
{
    const size_t reaches[] = {
        session->train.longest, session->evaluates ? session->eval.longest : 0,
        session->evaluates ? samples_reach(&session->samples, &session->eval) : 0};

    for (size_t i = 0; i < sizeof reaches / sizeof *reaches; i++)
        if (reaches[i] > needs->positions) needs->positions = reaches[i];
}

bool session_plan(struct session *session, struct err *err)
{
    struct policy_needs needs = {.dropout = session->settings.dropout > 0,
                                 .compare =
                                     session->evaluates && session->settings.method == METHOD_DPO};

    if (!plan_rates(session, err)) return false;
    plan_habits(session);
    set_up_passes(session);
    measure(session, &needs);
    find_positions(session, &needs);
    policy_plan(&session->policy, &needs);
    return spread(session, rest_bytes(session, &needs), err);
}
