#include "control/traps.h"

#include <inttypes.h>
#include <math.h>

#define WARMUP_SHARE 0.3
#define AREA_LOW 1e-4
#define FULL_RATE_HIGH 1e-5
#define LONGER_SHARE 0.7
#define PASSES_HIGH 20
#define SCALE_LOW 0.5
#define SCALE_HIGH 4
#define BETA_LOW 0.01
#define BETA_HIGH 1

static double percent(uint64_t part, uint64_t whole)
{
    return 100 * (double)part / (double)whole;
}

static void warmup_is_long(const struct plan *plan, struct warnings *warnings)
{
    const uint64_t updates = plan->counts.updates;

    if ((double)plan->warmup > WARMUP_SHARE * (double)updates)
        warning_add(warnings, "warmup",
                    "warm-up takes %" PRIu64 " updates of a run of %" PRIu64
                    ", %.0f %%%s: --warmup-ratio 0.1",
                    plan->warmup, updates, percent(plan->warmup, updates),
                    plan->warmup < updates ? "" : ", so it never ends");
}

/* An interval that fits: an epoch where there are several, else a quarter of the run. */
static uint64_t fitting(const struct plan *plan)
{
    const uint64_t epoch = plan->counts.updates_per_epoch, updates = plan->counts.updates;

    if (epoch < updates) return epoch;
    return updates < 4 ? 1 : updates / 4;
}

static void interval_is_long(const struct plan *plan, struct warnings *warnings)
{
    const uint64_t updates = plan->counts.updates;
    const struct {
        const char *option;
        uint64_t interval;
        const char *missing;
    } habits[] = {
        {"logging-steps", plan->logging, "nothing is logged"},
        {"eval-steps", plan->evaluates ? plan->evaluation : 0, "nothing is evaluated"},
        {"save-steps", plan->save, "no checkpoint is written"},
    };

    for (size_t i = 0; i < sizeof habits / sizeof *habits; i++)
        if (habits[i].interval > updates)
            warning_add(warnings, habits[i].option,
                        "--%s %" PRIu64 " is longer than the run of %" PRIu64
                        " updates: %s before its end; --%s %" PRIu64,
                        habits[i].option, habits[i].interval, updates, habits[i].missing,
                        habits[i].option, fitting(plan));
}

static void save_is_unevaluated(const struct plan *plan, struct warnings *warnings)
{
    const uint64_t evaluation = plan->evaluation, save = plan->save;

    if (!plan->needs_evaluated || evaluation == 0 || save % evaluation == 0) return;
    warning_add(warnings, "save-unevaluated",
                "--save-steps %" PRIu64 " is no multiple of --eval-steps %" PRIu64
                ": there are checkpoints without an evaluation; --save-steps %" PRIu64,
                save, evaluation, (save / evaluation + 1) * evaluation);
}

static void evaluations_are_few(const struct plan *plan, struct warnings *warnings)
{
    const struct {
        const char *option;
        bool given;
    } needs[] = {
        {"best", plan->keeps_best},
        {"early-stopping", plan->patience > 0},
        {"kl-limit", plan->kl_limit > 0},
        {"adaptive-beta", plan->kl_target > 0},
    };

    if (plan->evaluates && plan->evaluation > 0) return;
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++) {
        if (needs[i].given && plan->evaluates)
            warning_add(warnings, needs[i].option,
                        "--%s acts on evaluations, and there is only one, at the end: "
                        "--eval-steps %" PRIu64,
                        needs[i].option, fitting(plan));
        else if (needs[i].given)
            warning_add(warnings, needs[i].option,
                        "--%s acts on evaluations, and there are none: --eval FILE",
                        needs[i].option);
    }
}

static void rollback_repeats(const struct plan *plan, struct warnings *warnings)
{
    if (plan->rollback_repeats)
        warning_add(warnings, "rollback",
                    "a rollback alone takes the same steps again, so it is passed over: "
                    "--on-kl halve-lr before --on-kl rollback");
}

static void rate_is_low(const struct plan *plan, struct warnings *warnings)
{
    if (plan->lora && plan->rate_area < AREA_LOW)
        warning_add(warnings, "rate-area",
                    "the learning rates of all updates sum up to %.2g, below %g: with LoRA next to "
                    "nothing changes; --learning-rate 5e-6 to 5e-5, or more --epochs",
                    plan->rate_area, AREA_LOW);
}

static void rate_is_high(const struct plan *plan, struct warnings *warnings)
{
    if (!plan->lora && plan->beta > 0 && plan->learning_rate > FULL_RATE_HIGH)
        warning_add(warnings, "rate-full",
                    "--learning-rate %g is one for LoRA: for all weights 1e-7 to 5e-6 is usual",
                    plan->learning_rate);
}

static void examples_are_cut(const struct plan *plan, struct warnings *warnings)
{
    const struct {
        const char *kind, *seen, *help;
        uint64_t count;
    } losses[] = {
        {"dropped", "dropped, the prompt alone fills --max-length", "raise it", plan->dropped},
        {"cut", "cut to --max-length", "raise it, or dpo-filter --max-tokens", plan->cut},
        {"prompt-cut", "cut in the prompt, to --max-prompt-length",
         "raise it, or dpo-filter --max-prompt-tokens", plan->prompt_cut},
    };
    const uint64_t read = plan->examples + plan->dropped;

    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++)
        if (losses[i].count > 0)
            warning_add(warnings, losses[i].kind, "%" PRIu64 " of %" PRIu64 " examples are %s: %s",
                        losses[i].count, read, losses[i].seen, losses[i].help);
}

static void pairs_teach_less(const struct plan *plan, struct warnings *warnings)
{
    const struct {
        const char *kind, *what;
        uint64_t count;
    } losses[] = {
        {"system",
         "a system prompt stands beside a prompt that is a string, and is left out: "
         "--prompt-format chat",
         plan->system_lost},
        {"user-last",
         "the prompt ends with neither a user's nor a tool's message; "
         "dpo-filter --user-last drops them",
         plan->unasked},
        {"identical",
         "chosen and rejected are the same: nothing is learned from them; "
         "dpo-filter drops them",
         plan->same},
    };

    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++)
        if (losses[i].count > 0)
            warning_add(warnings, losses[i].kind, "in %" PRIu64 " of %" PRIu64 " examples %s",
                        losses[i].count, plan->examples, losses[i].what);
}

static void length_tells(const struct plan *plan, struct warnings *warnings)
{
    if ((double)plan->chosen_longer > LONGER_SHARE * (double)plan->examples)
        warning_add(warnings, "length-bias",
                    "chosen is the longer answer in %.0f %% of the pairs: length may be what is "
                    "learned; dpo-filter --length-ratio 2, or --loss sigmoid_norm",
                    percent(plan->chosen_longer, plan->examples));
}

static void epochs_are_many(const struct plan *plan, struct warnings *warnings)
{
    if (plan->counts.passes > PASSES_HIGH)
        warning_add(warnings, "epochs",
                    "the run goes %.3g times over its %" PRIu64
                    " examples, and more than 3 may overfit: --max-steps %" PRIu64,
                    plan->counts.passes, plan->examples, 3 * plan->counts.updates_per_epoch);
}

static void batch_is_large(const struct plan *plan, struct warnings *warnings)
{
    const double batch = (double)plan->batch * (double)plan->accumulation;

    if (batch > (double)plan->examples)
        warning_add(warnings, "batch",
                    "an update takes %.0f examples and there are %" PRIu64
                    ": lower --batch-size or --gradient-accumulation",
                    batch, plan->examples);
}

static void smoothing_is_high(const struct plan *plan, struct warnings *warnings)
{
    if (plan->label_smoothing >= 0.5)
        warning_add(warnings, "label-smoothing",
                    "--label-smoothing %g takes the labels for %s: 0.1 at most is usual",
                    plan->label_smoothing,
                    plan->label_smoothing > 0.5 ? "mostly wrong" : "no better than chance");
}

static void beta_is_odd(const struct plan *plan, struct warnings *warnings)
{
    if (plan->beta > 0 && (plan->beta < BETA_LOW || plan->beta > BETA_HIGH))
        warning_add(warnings, "beta", "--beta %g is out of the usual %g to %d: %s; --beta 0.1",
                    plan->beta, BETA_LOW, BETA_HIGH,
                    plan->beta > BETA_HIGH ? "the model hardly leaves the reference"
                                           : "hardly anything holds the model to the reference");
}

static void dropout_is_on(const struct plan *plan, struct warnings *warnings)
{
    if (plan->lora && plan->beta > 0 && plan->lora_dropout > 0)
        warning_add(warnings, "lora-dropout",
                    "--lora-dropout %g acts here, while TRL switches dropout off for DPO: "
                    "--lora-dropout 0 for the same numbers",
                    plan->lora_dropout);
}

static void scale_is_odd(const struct plan *plan, struct warnings *warnings)
{
    const double rank = (double)plan->lora_rank;
    const double by = plan->rslora ? sqrt(rank) : rank, scale = plan->lora_alpha / by;

    if (!plan->lora || (scale >= SCALE_LOW && scale <= SCALE_HIGH)) return;
    warning_add(warnings, "lora-scale",
                "the adapter is scaled by %.3g, --lora-alpha %g over %s %zu: %s; "
                "--lora-alpha %.4g",
                scale, plan->lora_alpha, plan->rslora ? "the root of --lora-rank" : "--lora-rank",
                plan->lora_rank, scale < SCALE_LOW ? "it learns slowly" : "it may leap", 2 * by);
}

static void (*const table[])(const struct plan *plan, struct warnings *warnings) = {
    warmup_is_long,    interval_is_long, save_is_unevaluated, evaluations_are_few,
    rollback_repeats,  rate_is_low,      rate_is_high,        examples_are_cut,
    pairs_teach_less,  length_tells,     epochs_are_many,     batch_is_large,
    smoothing_is_high, beta_is_odd,      dropout_is_on,       scale_is_odd,
};

void traps_find(const struct plan *plan, struct warnings *warnings)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) table[i](plan, warnings);
}
