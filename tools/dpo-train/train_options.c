#include "dpo-train/train_options.h"

#include "core/report.h"

#include <string.h>

#define MANY_UPDATES 1000000000 /* enough for any schedule to fit */
#define AMOUNT_LIMIT 1000000    /* no product of two overflows */

static struct train_said *const said = &train_said;

/* What the other method would take no notice of. */
static void check_method(void)
{
    static const char *const of_pairs[] = {"loss",
                                           "beta",
                                           "label-smoothing",
                                           "f-divergence-type",
                                           "f-alpha-divergence-coef",
                                           "use-weighting",
                                           "ld-alpha",
                                           "discopop-tau",
                                           "curriculum",
                                           "reference"};

    for (size_t i = 0; said->method && i < sizeof of_pairs / sizeof *of_pairs; i++)
        if (option_given(of_pairs[i]))
            die_usage("--%s is for pairs: --method sft learns texts", of_pairs[i]);
    if (!said->method && option_given("completion-only-loss"))
        die_usage("--completion-only-loss is for --method sft: of pairs the answers alone count");
}

static void take_loss(void)
{
    struct err err;

    said->settings.method = said->method ? METHOD_SFT : METHOD_DPO;
    check_method();
    said->settings.loss.divergence = (enum divergence)said->divergence;
    if (!said->method && !(loss_parse(&said->settings.loss, said->command.loss, &err) &&
                           loss_check(&said->settings.loss, &err)))
        die_usage("%s", err.text);
}

static void take_rates(void)
{
    struct schedule schedule; /* how long it is, the examples will say */
    struct err err;

    if (!schedule_parse(&said->settings.schedule, said->command.scheduler, &err))
        die_usage("%s", err.text);
    if (!(said->rate > 0)) die_usage("--learning-rate must be above 0");
    if (said->settings.warmup_steps && said->settings.warmup_ratio > 0)
        die_usage("--warmup-steps and --warmup-ratio cannot both be given");
    if (said->settings.warmup_ratio < 0 || said->settings.warmup_ratio >= 1)
        die_usage("--warmup-ratio must be at least 0 and below 1");
    if (said->settings.max_grad_norm < 0) die_usage("--max-grad-norm must not be below 0");
    said->settings.schedule.learning_rate = said->rate;
    schedule = said->settings.schedule;
    schedule.total = MANY_UPDATES;
    if (!schedule_check(&schedule, &err)) die_usage("%s", err.text);
    if (!adamw_check(&said->settings.adamw, &err)) die_usage("%s", err.text);
}

static void check_amount(const char *name, size_t amount)
{
    if (amount == 0) die_usage("--%s must be above 0", name);
    if (amount > AMOUNT_LIMIT) die_usage("--%s must be at most %d", name, AMOUNT_LIMIT);
}

static void take_amounts(void)
{
    check_amount("batch-size", said->settings.batch_size);
    check_amount("gradient-accumulation", said->settings.accumulation);
    check_amount("sample-tokens", said->settings.sample_tokens);
    if (!(said->settings.epochs > 0) && said->settings.max_steps == 0)
        die_usage("--epochs must be above 0");
    said->settings.seed = said->seed;
    said->settings.shuffled = said->order == 0;
    said->settings.curriculum = said->curriculum == 1;
}

/* What happens in evaluations alone. */
static void check_evaluations(void)
{
    const char *const missing = "--eval FILE is missing";

    if (said->command.eval) return;
    if (said->settings.kl.limit > 0 || said->settings.adaptive_beta > 0)
        die_usage("the KL is measured in evaluations: %s", missing);
    if (said->settings.keeps_best) die_usage("what is best is found in evaluations: %s", missing);
    if (said->settings.schedule.kind == SCHEDULE_REDUCE_LR_ON_PLATEAU)
        die_usage("--lr-scheduler reduce_lr_on_plateau goes by evaluations: %s", missing);
    if (said->settings.samples) die_usage("--samples come with evaluations: %s", missing);
}

static void take_care(void)
{
    struct err err;

    kl_init(&said->settings.kl, said->settings.kl.limit);
    for (size_t i = 0; i < said->on_kl.count; i++)
        if (!kl_add_action(&said->settings.kl, said->on_kl.items[i], &err))
            die_usage("%s", err.text);
    if (said->settings.kl.limit < 0) die_usage("--kl-limit must be above 0");
    if (said->settings.adaptive_beta < 0) die_usage("--adaptive-beta must be above 0");
    if (said->on_kl.count && !(said->settings.kl.limit > 0))
        die_usage("--on-kl needs a --kl-limit");
    if (said->method && (said->settings.kl.limit > 0 || said->settings.adaptive_beta > 0))
        die_usage("--method sft has no reference to measure the KL from");
    said->settings.keeps_best =
        said->best > 0 ? said->best < 4
                       : said->settings.early_stopping > 0 || said->settings.kl.limit > 0;
    said->settings.best = said->best == 1 || (said->best == 0 && said->settings.kl.limit > 0)
                              ? BEST_MARGIN
                          : said->best == 2 ? BEST_ACCURACY
                                            : BEST_LOSS;
    if (said->method && said->settings.keeps_best) said->settings.best = BEST_LOSS;
    if (said->method && (said->best == 1 || said->best == 2))
        die_usage("--best of --method sft is loss");
    if (said->best == 4 && said->settings.early_stopping)
        die_usage("--early-stopping waits for what is better, and --best none asks for nothing");
    check_evaluations();
}

void train_options_take(struct train_command *command, struct train_settings *settings_out)
{
    struct err err;

    if (said->command.run && !*said->command.run) die_usage("--output: no file name");
    if (!said->command.model) die_usage("-m MODEL is missing: which one is to be trained?");
    if (!said->command.run && !said->command.dry_run)
        die_usage("-o RUN is missing: where is the run to be?");
    if (!tree_format_check(said->command.rules.prompt_format, &err)) die_usage("%s", err.text);
    said->command.rules.truncate = said->truncate ? TRUNCATE_KEEP_END : TRUNCATE_KEEP_START;
    said->command.completion_only = (enum completion_only)said->completion;
    said->command.base_bits = 16U >> said->bits;
    said->command.tensorboard = said->tensorboard == 0;
    take_loss();
    take_rates();
    take_amounts();
    train_options_adapter();
    take_care();
    train_options_place();
    *command = said->command;
    *settings_out = said->settings;
}
