#include "train/session.h"

#include "core/memory.h"
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

static size_t less(size_t a, size_t b)
{
    return a > b ? a - b : 0;
}

/* What is not the step's: the optimiser, what evaluations keep. */
static size_t plan_rest(struct session *session, size_t memory)
{
    const size_t width = policy_width(&session->policy) * sizeof(float);
    const size_t part = memory / KEEP_PART, most = part < KEEP_MOST ? part : KEEP_MOST;

    session->evaluator.keep = session->evaluates ? (size_t)session->eval.tokens * width : 0;
    if (session->evaluator.keep > most) session->evaluator.keep = most;
    return updater_bytes(&session->updater) + session->evaluator.keep;
}

bool session_plan(struct session *session, struct err *err)
{
    const size_t said = session->options.memory;
    const size_t memory = said ? said : available_memory("");
    struct policy_needs needs = {.dropout = session->settings.dropout > 0,
                                 .compare =
                                     session->evaluates && session->settings.method == METHOD_DPO};
    size_t rest;

    if (!plan_rates(session, err)) return false;
    plan_habits(session);
    set_up_passes(session);
    measure(session, &needs);
    rest = plan_rest(session, memory);
    if (rest > memory)
        return err_set(err, "the optimiser needs %.1f MB of memory, and there are %.1f MB",
                       (double)rest * 1e-6, (double)memory * 1e-6);
    needs.memory = less(memory, rest);
    needs.positions = session->train.longest;
    if (session->evaluates && session->eval.longest > needs.positions)
        needs.positions = session->eval.longest;
    session->bytes = rest + session->policy.parameters->size * 2 * sizeof(float);
    if (!policy_plan(&session->policy, &needs, err)) return false;
    session->bytes += session->policy.plan.bytes;
    return true;
}
