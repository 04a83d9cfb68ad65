#include "control/traps.h"
#include "core/clock.h"
#include "core/memory.h"
#include "core/report.h"
#include "dpo-train/train_pace.h"
#include "dpo-train/train_talk.h"

#include <math.h>

static void show_set(const char *name, const struct examples *examples)
{
    report_count(name, examples->count);
    report_count("read", examples->read);
    report_count("dropped", examples->dropped + examples->unscored);
    report_count("cut", examples->cut);
    report_count("prompts_cut", examples->prompt_cut);
    report_count("tokens", examples->tokens);
    report_count("longest", examples->longest);
    report_line();
}

void train_talk_sets(const struct session *session)
{
    if (session->language.template_differs)
        report_warning("chat_template.jinja and tokenizer_config.json hold different templates; "
                       "the former is used");
    show_set("train", &session->train);
    if (session->evaluates) show_set("eval", &session->eval);
}

/* What is due every so many updates (0: never), and after the last one in any case. */
static uint64_t times(const struct plan *plan, uint64_t interval)
{
    const uint64_t updates = plan->counts.updates;

    return interval ? (updates + interval - 1) / interval : 1;
}

void train_talk_plan(const struct session *session)
{
    const struct plan *plan = &session->plan;
    struct warnings traps = {0};
    struct buffer words = {0};

    report_count("updates", plan->counts.updates);
    report_number("epochs", plan->counts.passes, 2);
    report_count("examples_per_update", plan->batch * plan->accumulation);
    report_count("warmup", plan->warmup);
    report_count("evaluations", session->evaluates ? times(plan, plan->evaluation) : 0);
    report_count("checkpoints", plan->save ? times(plan, plan->save) : 0);
    report_line();
    report_count("trained_parameters", session->policy.parameters->size);
    report_figure("learning_rate", plan->learning_rate, 4);
    report_figure("rate_area", plan->rate_area, 4);
    report_number("memory_megabytes", (double)session->bytes * 1e-6, 0);
    report_count("layers_kept", session->policy.plan.kept);
    report_line();
    session_reference_words(session, &words);
    report_note("%s", words.at);
    traps_find(plan, &traps);
    for (size_t i = 0; i < traps.count; i++) report_warning("%s", traps.items[i].words);
    buffer_release(&words);
}

void train_talk_trial(const struct session *session, double rate, double reference_rate)
{
    const struct plan *plan = &session->plan;
    const double tokens = (double)session->train.tokens;
    const double tests = session->evaluates ? (double)session->eval.tokens : 0;
    const double rounds =
        plan->evaluation ? floor((double)plan->counts.updates / (double)plan->evaluation) + 1 : 1;
    const double seconds = tokens * plan->counts.passes / rate + tokens / reference_rate +
                           tests * (rounds + 1) / reference_rate;
    char time[32];

    clock_show(time, sizeof time, seconds);
    report_figure("tokens", tokens * plan->counts.passes, 8);
    report_figure("tokens_per_second", rate, 4);
    report_figure("seconds", seconds, 4);
    report_line();
    report_note("the run would take about %s", time);
}

void train_talk_start(const struct session *session)
{
    const struct train_memory *memory = &session->trainer.memory;

    if (session->settings.method == METHOD_DPO) {
        if (session->references[0].found) report_note("the reference's numbers were in the cache");
        if (isfinite(session->start_loss))
            report_note("the first loss is %.6f, as it must be (%.6f); KL 0: policy and reference "
                        "are one",
                        session->first_loss, session->start_loss);
        else
            report_note("the first loss is %.6f; a token's log-probability differs from the "
                        "reference by up to %.3g",
                        session->first_loss, session->start_difference);
    }
    if (memory->end != TRAIN_GOES_ON)
        report_note("the run in %s is over already, after update %llu", session->options.run,
                    (unsigned long long)memory->step);
    else if (memory->step > 0)
        report_note("goes on from %s/checkpoint-%llu", session->options.run,
                    (unsigned long long)memory->step);
    else if (session->options.resume)
        report_note("there is no checkpoint yet: begins anew");
    if (session->settings.samples && session->samples.count == 0)
        report_warning("--samples has nothing to answer: no example of --eval has a prompt");
    pace_begin();
}

void train_talk_early(void)
{
    report_progress(NULL);
    report_note("stopped before the first update; --resume begins anew");
}

void train_talk_end(const struct session *session, enum train_end end)
{
    const struct best *best = &session->trainer.memory.best;
    report_progress(NULL);
    if (end == TRAIN_STOPPED) {
        report_note("stopped after update %llu; a checkpoint is written, --resume goes on",
                    (unsigned long long)session->trainer.memory.step);
        return;
    }
    if (session->settings.keeps_best && best->found)
        report_note("the result is that of step %llu: %s %.6g", (unsigned long long)best->step,
                    best_metric_name(best->by), best->metric);
    report_count("updates", session->trainer.memory.step);
    report_number("seconds", pace_took(), 1);
    if (pace_tokens() > 0) report_number("tokens_per_second", pace_tokens(), 0);
    report_line();
}
