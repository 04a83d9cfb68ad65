/* The names of other trainers: what becomes of the keys that recipes hold. */
/* A table of a tool, which no library has.
 * NOLINTNEXTLINE(bugprone-suspicious-include) */
#include "../tools/dpo-train/train_aliases.c"

#include "check.h"

#include <string.h>
#include <strings.h>

static const char options[] =
    " model reference eval output loss truncate epochs batch-size gradient-accumulation"
    " learning-rate lr-scheduler warmup-ratio order full rslora lora-rank lora-targets base-bits"
    " precision eval-steps save-steps best early-stopping resume samples tensorboard max-length"
    " max-prompt-length max-grad-norm save-total-limit logging-steps lora-dropout seed"
    " template completion-only-loss method ";

static char shown[256];

/* 'option=value', 'note', 'refused', 'operand', 'fine', or 'itself' where no row fits. */
static const char *meaning(const char *name, const char *value)
{
    static const char *const words[] = {"", "", "", "same", "operand", "note", "refused"};
    const struct option_alias *row = value ? config_file_alias(train_aliases, name, value)
                                           : config_file_null(train_aliases, name);

    if (!row) return "itself";
    if (row->kind >= ALIAS_NOTE &&
        (!row->why || (value && !row->value && strcasecmp(value, "false") == 0)))
        return "fine";
    if (row->kind >= ALIAS_SAME) return words[row->kind];
    snprintf(shown, sizeof shown, "%s%s=%s",
             row->kind == ALIAS_DEFAULT  ? "unless "
             : row->kind == ALIAS_ALWAYS ? "always "
                                         : "",
             row->option, row->set ? row->set : value);
    return shown;
}

/* Does the row fit the name, whatever the value? */
static bool takes_all(const struct option_alias *row, const char *name)
{
    const struct option_alias alone[] = {*row, {NULL, NULL, ALIAS_NOTE, NULL, NULL, NULL, 0}};

    return !row->value && config_file_alias(alone, name, NULL);
}

/* A row that fits any value would hide those behind it. */
static void check_hidden(const struct option_alias *row)
{
    char names[200], *rest = names, *name;

    snprintf(names, sizeof names, "%s", row->name);
    while ((name = strsep(&rest, "|"))) {
        if (strchr(name, '*')) *strchr(name, '*') = 'x';
        for (const struct option_alias *other = train_aliases; other < row; other++)
            check_claim(!takes_all(other, name), __FILE__, __LINE__, "%s is hidden", name);
    }
}

TEST(rows)
{
    for (const struct option_alias *row = train_aliases; row->name; row++) {
        char word[64];

        snprintf(word, sizeof word, " %s ", row->option ? row->option : "model");
        check_claim(strstr(options, word) != NULL, __FILE__, __LINE__, "%s: what is %s?", row->name,
                    row->option);
        if (row->kind == ALIAS_REFUSED) CHECK(row->why != NULL);
        if (row->kind <= ALIAS_SAME) CHECK(row->option != NULL);
        if (row->why) CHECK(strlen(row->why) < 120);
        check_hidden(row);
    }
}

static const struct {
    const char *name, *value, *meaning;
} cases[] = {
    {"model_name", "Qwen/Qwen2.5-7B", "model=Qwen/Qwen2.5-7B"},
    {"model_name_or_path", "m", "model=m"},
    {"dataset_path", "a.jsonl", "operand"},
    {"dataset_name", "x/y", "refused"},
    {"output_dir", "checkpoints/dpo", "output=checkpoints/dpo"},
    {"ref_model_name", "m", "reference=m"},
    {"ref_model_device", "cuda:1", "note"},
    {"beta", "0.1", "itself"},
    {"loss_type", "ipo", "loss=ipo"},
    {"loss_type", "aot_pair", "loss=aot_unpaired"},
    {"loss_weights", "1.0", "fine"},
    {"loss_weights", "1.0,0.5", "refused"},
    {"label_smoothing", "0.01", "itself"},
    {"max_prompt_length", "256", "itself"},
    {"max_length", "512", "itself"},
    {"max_length", NULL, "max-length=0"},
    {"max_prompt_length", NULL, "max-prompt-length=0"},
    {"max_grad_norm", NULL, "max-grad-norm=0"},
    {"save_total_limit", NULL, "save-total-limit=0"},
    {"learning_rate", NULL, "itself"},
    {"rpo_alpha", NULL, "itself"},
    {"max_completion_length", "256", "refused"},
    {"reference_free", "False", "fine"},
    {"reference_free", "true", "refused"},
    {"rpo_alpha", "1.0", "refused"},
    {"use_weighting", "true", "itself"},
    {"use_lora", "yes", "fine"},
    {"use_lora", "false", "full=yes"},
    {"r", "16", "lora-rank=16"},
    {"lora_r", "16", "lora-rank=16"},
    {"lora_alpha", "32", "itself"},
    {"lora_dropout", "0.1", "itself"},
    {"disable_dropout", "true", "always lora-dropout=0"},
    {"disable_dropout", "false", "fine"},
    {"lora_target_modules", "q_proj,v_proj", "lora-targets=q_proj,v_proj"},
    {"lora_task_type", "CAUSAL_LM", "fine"},
    {"lora_modules_to_save", "lm_head", "refused"},
    {"load_in_4bit", "True", "base-bits=4"},
    {"load_in_8bit", "true", "base-bits=8"},
    {"load_in_8bit", "false", "fine"},
    {"bnb_4bit_quant_type", "fp4", "refused"},
    {"bnb_4bit_compute_dtype", "bfloat16", "note"},
    {"per_device_train_batch_size", "2", "batch-size=2"},
    {"gradient_accumulation_steps", "8", "gradient-accumulation=8"},
    {"num_train_epochs", "1", "epochs=1"},
    {"max_steps", "-1", "fine"},
    {"max_steps", "100", "itself"},
    {"learning_rate", "5e-7", "itself"},
    {"learning_rate_override", "1e-6", "learning-rate=1e-6"},
    {"lr_scheduler_type", "cosine", "lr-scheduler=cosine"},
    {"warmup_ratio", "0.1", "itself"},
    {"warmup_steps", "50", "itself"},
    {"warmup_steps", "0.1", "warmup-ratio=0.1"},
    {"optim", "adamw_torch_fused", "fine"},
    {"optim", "adafactor", "refused"},
    {"data_seed", "0", "same"},
    {"bf16", "true", "precision=bf16"},
    {"bf16", "False", "unless precision=fp32"},
    {"fp16", "false", "fine"},
    {"fp16", "true", "refused"},
    {"evaluation_strategy", "steps", "fine"},
    {"eval_strategy", "no", "always eval-steps=0"},
    {"eval_strategy", "epoch", "refused"},
    {"evaluation_strategy", "False", "always eval-steps=0"},
    {"save_strategy", "epoch", "refused"},
    {"save_strategy", "no", "always save-steps=0"},
    {"logging_strategy", "no", "always logging-steps=0"},
    {"logging_strategy", "steps", "fine"},
    {"train_sampling_strategy", "sequential", "order=sequential"},
    {"train_sampling_strategy", "group_by_length", "refused"},
    {"eval_steps", "200", "itself"},
    {"load_best_model_at_end", "true", "unless best=loss"},
    {"load_best_model_at_end", "no", "always best=none"},
    {"metric_for_best_model", "eval_loss", "best=loss"},
    {"metric_for_best_model", "loss", "best=loss"},
    {"metric_for_best_model", "eval_rewards/margins", "best=margin"},
    {"metric_for_best_model", "rewards/accuracies", "best=accuracy"},
    {"metric_for_best_model", "eval_runtime", "refused"},
    {"early_stopping_patience", "2", "early-stopping=2"},
    {"max_grad_norm", "0.3", "itself"},
    {"gradient_checkpointing", "true", "note"},
    {"gradient_checkpointing", "false", "fine"},
    {"remove_unused_columns", "false", "fine"},
    {"report_to", "none", "tensorboard=off"},
    {"report_to", "tensorboard", "tensorboard=on"},
    {"report_to", "wandb", "note"},
    {"run_name", "arabic_dpo_advanced", "note"},
    {"dataloader_num_workers", "2", "note"},
    {"dataloader_pin_memory", "true", "note"},
    {"ddp_find_unused_parameters", "false", "fine"},
    {"resume_from_checkpoint", "true", "resume=true"},
    {"resume_from_checkpoint", "work/checkpoint-10", "refused"},
    {"generate_during_eval", "true", "samples=3"},
    {"do_train", "true", "fine"},
    {"do_eval", "true", "fine"},
    {"log_level", "info", "fine"},
    {"use_cpu", "true", "fine"},
    {"no_cuda", "true", "fine"},
    {"hub_model_id", "me/it", "note"},
    {"hub_token", "hf_x", "note"},
    {"hub_strategy", "every_save", "note"},
    {"push_to_hub", "false", "fine"},
    {"push_to_hub", "true", "note"},
    {"dtype", "bfloat16", "note"},
    {"torch_dtype", "auto", "note"},
    {"attn_implementation", "flash_attention_2", "note"},
    {"early_stopping_threshold", "0.0", "fine"},
    {"early_stopping_threshold", "0.01", "refused"},
    {"warmup_steps", "0.0", "fine"},
    {"loss_type", "nll", "same"},
    {"completion_only_loss", "True", "completion-only-loss=yes"},
    {"completion_only_loss", "auto", "itself"},
    {"max_seq_length", "512", "max-length=512"},
    {"optim_target_modules", "q_proj", "refused"},
    {"target_modules", "q_proj", "lora-targets=q_proj"},
    {"eval_packing", "true", "refused"},
    {"init_lora_weights", "False", "refused"},
    {"init_lora_weights", "true", "fine"},
    {"save_strategy", "best", "refused"},
    {"model_revision", "main", "fine"},
    {"model_revision", "v2", "refused"},
    {"hub_revision", "v2", "note"},
    {"fp16_opt_level", "O1", "fine"},
    {"eval_delay", "0", "fine"},
    {"eval_delay", "10", "refused"},
};

TEST(recipes)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *got = meaning(cases[i].name, cases[i].value);

        check_claim(strcmp(got, cases[i].meaning) == 0, __FILE__, __LINE__, "%s = %s: %s, not %s",
                    cases[i].name, cases[i].value ? cases[i].value : "null", got, cases[i].meaning);
    }
}

int main(void)
{
    RUN(rows);
    RUN(recipes);
    return check_end();
}
