/* Traps of a plan: each one's words, and that a plan without any is told nothing. */
#include "control/traps.h"

#include "check.h"

static struct plan plan;
static struct warnings warnings;

/* 2000 pairs for 3 epochs, as they should be. */
static void begin(void)
{
    struct err err;

    plan = (struct plan){.evaluates = true,
                         .lora = true,
                         .batch = 4,
                         .accumulation = 4,
                         .warmup = 37,
                         .logging = 10,
                         .evaluation = 100,
                         .save = 100,
                         .keeps_best = true,
                         .needs_evaluated = true,
                         .patience = 2,
                         .kl_limit = 0.1,
                         .kl_target = 0.1,
                         .learning_rate = 5e-5,
                         .rate_area = 9e-3,
                         .beta = 0.1,
                         .lora_alpha = 32,
                         .lora_rank = 16,
                         .examples = 2000,
                         .chosen_longer = 1000};
    CHECK(plan_count(&plan.counts, 2000, 4, 4, 3, 0, &err));
}

static void count(uint64_t examples, double epochs)
{
    struct err err;

    plan.examples = examples;
    plan.chosen_longer = 0;
    CHECK(plan_count(&plan.counts, examples, plan.batch, plan.accumulation, epochs, 0, &err));
}

/* The plan meets this trap, and no other. */
static void meets(const char *kind, const char *words)
{
    warnings.count = 0;
    traps_find(&plan, &warnings);
    if (!CHECK(warnings.count > 0)) return;
    for (size_t i = 1; i < warnings.count; i++) CHECK_TEXT(warnings.items[i].words, "");
    CHECK_TEXT(warnings.items[0].kind, kind);
    CHECK_TEXT(warnings.items[0].words, words);
    begin();
}

static void meets_nothing(void)
{
    warnings.count = 0;
    traps_find(&plan, &warnings);
    for (size_t i = 0; i < warnings.count; i++) CHECK_TEXT(warnings.items[i].words, "");
    CHECK(warnings.count == 0);
    begin();
}

TEST(a_good_plan)
{
    begin();
    meets_nothing();
}

TEST(schedule)
{
    begin();
    plan.warmup = 112;
    meets_nothing();
    plan.warmup = 113;
    meets("warmup", "warm-up takes 113 updates of a run of 375, 30 %: --warmup-ratio 0.1");
    plan.warmup = 400;
    meets("warmup", "warm-up takes 400 updates of a run of 375, 107 %, so it never ends: "
                    "--warmup-ratio 0.1");
    count(300, 21);
    meets("epochs", "the run goes 21 times over its 300 examples, and more than 3 may overfit: "
                    "--max-steps 57");
    plan.batch = 1000;
    plan.accumulation = 3;
    meets("batch", "an update takes 3000 examples and there are 2000: lower --batch-size or "
                   "--gradient-accumulation");
}

TEST(intervals)
{
    begin();
    plan.logging = 376;
    meets("logging-steps", "--logging-steps 376 is longer than the run of 375 updates: nothing is "
                           "logged before its end; --logging-steps 125");
    plan.save = 400;
    meets("save-steps", "--save-steps 400 is longer than the run of 375 updates: no checkpoint is "
                        "written before its end; --save-steps 125");
    plan.evaluation = 500;
    plan.save = 0;
    meets("eval-steps", "--eval-steps 500 is longer than the run of 375 updates: nothing is "
                        "evaluated before its end; --eval-steps 125");
    plan.save = 50;
    meets("save-unevaluated", "--save-steps 50 is no multiple of --eval-steps 100: there are "
                              "checkpoints without an evaluation; --save-steps 100");
    plan.save = 150;
    meets("save-unevaluated", "--save-steps 150 is no multiple of --eval-steps 100: there are "
                              "checkpoints without an evaluation; --save-steps 200");
    plan.save = 150;
    plan.needs_evaluated = false;
    meets_nothing();
    plan.warmup = 0;
    plan.save = 0;
    count(150, 1);
    plan.evaluation = 11;
    meets("eval-steps", "--eval-steps 11 is longer than the run of 10 updates: nothing is "
                        "evaluated before its end; --eval-steps 2");
    plan.warmup = 0;
    plan.logging = 2;
    plan.evaluation = plan.save = 1;
    count(16, 1);
    meets("logging-steps", "--logging-steps 2 is longer than the run of 1 updates: nothing is "
                           "logged before its end; --logging-steps 1");
}

static void only(void (*set)(void))
{
    begin();
    plan.keeps_best = plan.evaluates = plan.needs_evaluated = false;
    plan.patience = 0;
    plan.kl_limit = plan.kl_target = 0;
    set();
}

static void set_best(void)
{
    plan.keeps_best = true;
}

static void set_patience(void)
{
    plan.patience = 1;
}

static void set_limit(void)
{
    plan.kl_limit = 0.1;
}

static void set_target(void)
{
    plan.kl_target = 0.1;
}

TEST(evaluations_are_few)
{
    only(set_best);
    meets("best", "--best acts on evaluations, and there are none: --eval FILE");
    only(set_patience);
    meets("early-stopping",
          "--early-stopping acts on evaluations, and there are none: --eval FILE");
    only(set_limit);
    meets("kl-limit", "--kl-limit acts on evaluations, and there are none: --eval FILE");
    only(set_target);
    plan.evaluation = 0;
    plan.evaluates = true;
    meets("adaptive-beta",
          "--adaptive-beta acts on evaluations, and there is only one, at the end: "
          "--eval-steps 125");
    plan.rollback_repeats = true;
    meets("rollback", "a rollback alone takes the same steps again, so it is passed over: --on-kl "
                      "halve-lr before --on-kl rollback");
}

TEST(rates)
{
    begin();
    plan.rate_area = 2.5e-5;
    meets("rate-area", "the learning rates of all updates sum up to 2.5e-05, below 0.0001: with "
                       "LoRA next to nothing changes; --learning-rate 5e-6 to 5e-5, or more "
                       "--epochs");
    plan.rate_area = 2.5e-5;
    plan.lora = false;
    meets("rate-full", "--learning-rate 5e-05 is one for LoRA: for all weights 1e-7 to 5e-6 is "
                       "usual");
    plan.learning_rate = 1e-6;
    plan.lora = false;
    meets_nothing();
    plan.lora = false;
    plan.beta = 0; /* SFT */
    meets_nothing();
}

TEST(examples)
{
    begin();
    plan.dropped = 5;
    meets("dropped", "5 of 2005 examples are dropped, the prompt alone fills --max-length: raise "
                     "it");
    plan.cut = 7;
    meets("cut", "7 of 2000 examples are cut to --max-length: raise it, or dpo-filter "
                 "--max-tokens");
    plan.prompt_cut = 9;
    meets("prompt-cut", "9 of 2000 examples are cut in the prompt, to --max-prompt-length: raise "
                        "it, or dpo-filter --max-prompt-tokens");
    plan.system_lost = 2;
    meets("system", "in 2 of 2000 examples a system prompt stands beside a prompt that is a "
                    "string, and is left out: --prompt-format chat");
    plan.unasked = 4;
    meets("user-last", "in 4 of 2000 examples the prompt ends with neither a user's nor a tool's "
                       "message; dpo-filter --user-last drops them");
    plan.same = 3;
    meets("identical", "in 3 of 2000 examples chosen and rejected are the same: nothing is learned "
                       "from them; dpo-filter drops them");
    plan.chosen_longer = 1400;
    meets_nothing();
    plan.chosen_longer = 1500;
    meets("length-bias", "chosen is the longer answer in 75 % of the pairs: length may be what is "
                         "learned; dpo-filter --length-ratio 2, or --loss sigmoid_norm");
}

TEST(loss)
{
    begin();
    plan.label_smoothing = 0.5;
    meets("label-smoothing", "--label-smoothing 0.5 takes the labels for no better than chance: "
                             "0.1 at most is usual");
    plan.label_smoothing = 0.75;
    meets("label-smoothing", "--label-smoothing 0.75 takes the labels for mostly wrong: 0.1 at "
                             "most is usual");
    plan.beta = 5;
    meets("beta", "--beta 5 is out of the usual 0.01 to 1: the model hardly leaves the reference; "
                  "--beta 0.1");
    plan.beta = 0.001;
    meets("beta", "--beta 0.001 is out of the usual 0.01 to 1: hardly anything holds the model to "
                  "the reference; --beta 0.1");
}

TEST(adapter)
{
    begin();
    plan.lora_dropout = 0.05;
    meets("lora-dropout", "--lora-dropout 0.05 acts here, while TRL switches dropout off for DPO: "
                          "--lora-dropout 0 for the same numbers");
    plan.lora_dropout = 0.05;
    plan.beta = 0; /* SFTTrainer leaves it on */
    meets_nothing();
    plan.lora_rank = 64;
    plan.lora_alpha = 16;
    meets("lora-scale", "the adapter is scaled by 0.25, --lora-alpha 16 over --lora-rank 64: it "
                        "learns slowly; --lora-alpha 128");
    plan.lora_rank = 1;
    plan.lora_alpha = 16;
    meets("lora-scale", "the adapter is scaled by 16, --lora-alpha 16 over --lora-rank 1: it may "
                        "leap; --lora-alpha 2");
    plan.lora_rank = 64;
    plan.lora_alpha = 16;
    plan.rslora = true;
    meets_nothing();
    plan.rslora = true;
    meets("lora-scale", "the adapter is scaled by 8, --lora-alpha 32 over the root of --lora-rank "
                        "16: it may leap; --lora-alpha 8");
}

/* The first recipe as it was published: 327 pairs, warm-up 50, all habits every 100 updates. */
TEST(a_published_recipe)
{
    begin();
    count(327, 3);
    plan.warmup = 50;
    warnings.count = 0;
    traps_find(&plan, &warnings);
    CHECK_INT(warnings.count, 3);
    CHECK_TEXT(warnings.items[0].words,
               "warm-up takes 50 updates of a run of 63, 79 %: --warmup-ratio 0.1");
    CHECK_TEXT(warnings.items[1].words,
               "--eval-steps 100 is longer than the run of 63 updates: nothing is evaluated before "
               "its end; --eval-steps 21");
    CHECK_TEXT(warnings.items[2].words,
               "--save-steps 100 is longer than the run of 63 updates: no checkpoint is written "
               "before its end; --save-steps 21");
}

int main(void)
{
    RUN(a_good_plan);
    RUN(schedule);
    RUN(intervals);
    RUN(evaluations_are_few);
    RUN(rates);
    RUN(examples);
    RUN(loss);
    RUN(adapter);
    RUN(a_published_recipe);
    return check_end();
}
