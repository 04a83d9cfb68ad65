#include "dpo-train/train_aliases.h"

#include <stddef.h>

#define IS(name, option)                                                                           \
    {                                                                                              \
        name, NULL, ALIAS_OPTION, option, NULL, NULL, 0                                            \
    }
#define SET(name, value, option, set)                                                              \
    {                                                                                              \
        name, value, ALIAS_OPTION, option, set, NULL, 0                                            \
    }
#define UNLESS(name, value, option, set)                                                           \
    {                                                                                              \
        name, value, ALIAS_DEFAULT, option, set, NULL, 0                                           \
    }
#define ALWAYS(name, value, option, set, why)                                                      \
    {                                                                                              \
        name, value, ALIAS_ALWAYS, option, set, why, 0                                             \
    }
#define FINE(name, value)                                                                          \
    {                                                                                              \
        name, value, ALIAS_NOTE, NULL, NULL, NULL, 0                                               \
    }
#define NOTE(name, why)                                                                            \
    {                                                                                              \
        name, NULL, ALIAS_NOTE, NULL, NULL, why, 0                                                 \
    }
#define REFUSE(name, why)                                                                          \
    {                                                                                              \
        name, NULL, ALIAS_REFUSED, NULL, NULL, why, 0                                              \
    }

#define OURS "how this is computed is decided here, and changes no result"
#define MEMORY "what is kept and what is computed again follows from --memory"
#define LOADER "data are read once and stay in memory; see --threads"
#define PADDING "nothing is padded here"
#define ALONE "one process uses all processors; see --threads"
#define LOCAL "nothing is sent anywhere; RUN holds metrics.jsonl and TensorBoard's files"
#define STEPS "only steps are counted: give a number of steps"
#define ABSENT "this is not here, and without it the result is another one"
#define SUM "write one sum, as in 'loss = sigmoid+0.5*sft'"
#define CUT "answers are cut by max_length alone; dpo-filter --max-tokens drops long ones"
#define ORDER "the order is shuffled or sequential; see --order"
#define BEST "the best is known by eval_loss, eval_rewards/margins or eval_rewards/accuracies"

/* Of the rows that fit a name and its value the first one counts; how a list is joined is said by
 * the first row of a name. */
const struct option_alias train_aliases[] = {
    IS("model_name*|base_model", "model"),
    IS("ref_model_name", "reference"),
    {"dataset_path", NULL, ALIAS_OPERAND, NULL, NULL, NULL, 0},
    REFUSE("dataset_name", "name a file of pairs as TRAIN; dpo-merge makes one"),
    IS("output_dir", "output"),
    {"loss_type", "aot_pair", ALIAS_OPTION, "loss", "aot_unpaired", NULL, '+'},
    {"loss_type", NULL, ALIAS_OPTION, "loss", NULL, NULL, '+'},
    FINE("loss_weights", "1.0"),
    REFUSE("loss_weights", SUM),
    REFUSE("rpo_alpha", SUM ", with rpo_alpha as the weight of sft"),
    REFUSE("reference_free", "there is always a reference; see --reference"),
    SET("max_length", "null", "max-length", "0"),
    SET("max_prompt_length", "null", "max-prompt-length", "0"),
    REFUSE("max_completion_length|max_target_length", CUT),
    IS("truncation_mode", "truncate"),
    IS("num_*epochs", "epochs"),
    FINE("max_steps", "-1"),
    IS("per_device_train_batch_size", "batch-size"),
    NOTE("per_device_eval_batch_size", MEMORY),
    NOTE("precompute_ref*", OURS),
    IS("gradient_accumulation_steps", "gradient-accumulation"),
    IS("learning_rate_override", "learning-rate"),
    IS("lr_scheduler_type", "lr-scheduler"),
    SET("warmup_steps", "0.*", "warmup-ratio", NULL),
    SET("max_grad_norm", "null", "max-grad-norm", "0"),
    FINE("optim", "adamw*|paged_adamw*"),
    REFUSE("optim", "the optimizer is AdamW, its state in fp32"),
    REFUSE("data_seed", "one seed draws everything; see --seed"),
    REFUSE("group_by_length", ORDER),
    SET("train_sampling_strategy", "random", "order", "shuffled"),
    SET("train_sampling_strategy", "sequential", "order", NULL),
    REFUSE("train_sampling_strategy", ORDER),
    REFUSE("packing", ABSENT),
    FINE("use_lora|use_peft", "true"),
    SET("use_lora|use_peft", "false", "full", "yes"),
    IS("use_rslora", "rslora"),
    REFUSE("use_dora", ABSENT),
    NOTE("use_liger*|use_cache|torch_*|tf32", OURS),
    IS("r|lora_r", "lora-rank"),
    IS("*target_modules", "lora-targets"),
    FINE("bias", "none"),
    REFUSE("bias", ABSENT),
    FINE("*task_type", "causal_lm"),
    REFUSE("*modules_to_save", ABSENT),
    ALWAYS("disable_dropout", "true", "lora-dropout", "0", "lora_dropout is 0 with it, as in TRL"),
    NOTE("disable_dropout", "dropout acts where --lora-dropout says so, and nowhere else"),
    SET("load_in_4bit", "true", "base-bits", "4"),
    SET("load_in_8bit", "true", "base-bits", "8"),
    FINE("load_in_*", "false"),
    FINE("bnb_4bit_quant_type", "nf4"),
    REFUSE("bnb_4bit_quant_type", "of four bits there is nf4"),
    NOTE("bnb_*", "products are as --precision says"),
    SET("bf16", "true", "precision", "bf16"),
    UNLESS("bf16", "false", "precision", "fp32"),
    REFUSE("fp16", "its range is too small for training: say bf16 = true, or precision = fp32"),
    NOTE("gradient_checkpointing*|activation_offloading", MEMORY),
    FINE("eval*_strategy|save_strategy|logging_strategy", "steps"),
    ALWAYS("eval*_strategy", "false", "eval-steps", "0", NULL),
    ALWAYS("save_strategy", "false", "save-steps", "0", NULL),
    ALWAYS("logging_strategy", "false", "logging-steps", "0", NULL),
    SET("save_total_limit", "null", "save-total-limit", "0"),
    REFUSE("*_strategy", STEPS),
    NOTE("logging_dir|wandb_*|push_to_hub", LOCAL),
    UNLESS("load_best_model_at_end", "true", "best", "loss"),
    ALWAYS("load_best_model_at_end", "false", "best", "none", NULL),
    SET("metric_for_best_model", "*loss", "best", "loss"),
    SET("metric_for_best_model", "*rewards/margins", "best", "margin"),
    SET("metric_for_best_model", "*rewards/accuracies", "best", "accuracy"),
    REFUSE("metric_for_best_model", BEST),
    NOTE("greater_is_better", "that is known of each metric"),
    IS("early_stopping_patience", "early-stopping"),
    NOTE("save_safetensors", "files are always safetensors"),
    NOTE("overwrite_output_dir", "a run is gone on with --resume, or begun in another folder"),
    SET("resume_from_checkpoint", "true", "resume", NULL),
    REFUSE("resume_from_checkpoint", "the newest checkpoint is gone on with: say resume = true"),
    FINE("generate_during_eval", "false"),
    SET("generate_during_eval", "true", "samples", "3"),
    SET("report_to", "tensorboard", "tensorboard", "on"),
    SET("report_to", "none", "tensorboard", "off"),
    NOTE("report_to", LOCAL),
    NOTE("run_name", "a run is called as its folder"),
    FINE("remove_unused_columns", "true"),
    NOTE("remove_unused_columns", "members that are not needed are passed over"),
    REFUSE("dataloader_drop_last", ABSENT),
    NOTE("dataloader_*|dataset_num_proc", LOADER),
    NOTE("ddp_*|fsdp*|deepspeed|device_map|ref_model_device", ALONE),
    NOTE("pad*|label_pad_token_id", PADDING),
    REFUSE("sync_ref_model", ABSENT),
    NOTE("trust_remote_code", "no code of a model is ever run"),
    {NULL, NULL, ALIAS_NOTE, NULL, NULL, NULL, 0}};
