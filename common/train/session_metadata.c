#include "run/metadata.h"

#include "core/memory.h"
#include "loss/formula.h"
#include "train/session.h"

#include <math.h>

/* Of a folder alone: a GGUF file has nothing beside it. */
static bool read_origin(const struct session *session, struct metadata_origin *origin,
                        struct err *err)
{
    *origin = (struct metadata_origin){0};
    return session->model.place.is_gguf ||
           metadata_read(origin, session->model.place.path, err) >= 0;
}

static void add_method(const struct session *session, struct metadata *metadata)
{
    const struct session_options *options = &session->options;
    const struct train_settings *settings = &session->settings;
    const bool pairs = settings->method == METHOD_DPO;

    metadata->method = pairs ? "dpo" : "sft";
    metadata->loss_type = pairs ? options->loss : "sft";
    metadata->beta = pairs ? session->trainer.memory.beta.now : NAN;
    metadata->label_smoothing = settings->loss.label_smoothing;
    metadata->max_prompt_length = options->rules.max_prompt_length;
    metadata->max_length = options->rules.max_length;
    metadata->reference = session->has_other ? options->reference : NULL;
    metadata->start = options->adapter;
    metadata->reference_adapter = session->has_start ? options->adapter : NULL;
    metadata->base = options->model;
    metadata->base_hash = session->identity;
    metadata->template_hash =
        session->language.template_hash[0] ? session->language.template_hash : NULL;
    metadata->prompt_format = options->rules.prompt_format;
    metadata->precision = options->precision == PRECISION_BF16 ? "bf16" : "fp32";
    metadata->kernel = session->policy.decoder.gemm.kernel->name;
    metadata->base_bits = options->bits;
}

/* As they stand in the adapter's config: names, or a pattern. */
static void list_targets(const struct selection *targets, struct buffer *out)
{
    if (targets->pattern) buffer_text(out, targets->pattern);
    for (size_t i = 0; i < targets->names.count; i++)
        buffer_format(out, "%s%s", i ? "," : "", targets->names.items[i]);
    buffer_byte(out, '\0');
}

/* targets are borrowed. */
static void add_numbers(const struct session *session, const struct buffer *targets,
                        struct metadata *metadata)
{
    const struct train_settings *settings = &session->settings;
    const struct adapter_options *lora = &session->policy.adapter.options;
    const struct train_memory *memory = &session->trainer.memory;

    metadata->lora_rank = session->options.full ? 0 : lora->rank;
    metadata->lora_alpha = lora->alpha;
    metadata->lora_dropout = (double)settings->dropout;
    metadata->rslora = lora->rslora;
    metadata->lora_targets = targets->at;
    metadata->learning_rate = settings->schedule.learning_rate;
    metadata->adam_beta1 = settings->adamw.beta1;
    metadata->adam_beta2 = settings->adamw.beta2;
    metadata->adam_epsilon = settings->adamw.epsilon;
    metadata->weight_decay = settings->adamw.weight_decay;
    metadata->max_grad_norm = settings->max_grad_norm;
    metadata->lr_scheduler = session->options.scheduler;
    metadata->warmup_steps = session->schedule.warmup;
    metadata->planned_steps = session->schedule.total;
    metadata->batch_size = settings->batch_size;
    metadata->gradient_accumulation = settings->accumulation;
    metadata->epochs = settings->epochs;
    metadata->steps = memory->step;
    metadata->best_step = settings->keeps_best && memory->best.found ? memory->best.step : 0;
    metadata->kl = metadata->best_step ? memory->best.kl : memory->last_kl;
    metadata->seed = settings->seed;
}

bool session_write_metadata(struct session *session, struct err *err)
{
    const struct loss *loss = &session->settings.loss;
    struct metadata_loss losses[LOSSES];
    struct metadata_origin origin;
    struct buffer targets = {0};
    struct metadata metadata = {.losses = losses, .origin = &origin};
    bool good;

    if (!session_digests(session, err) || !read_origin(session, &origin, err)) return false;
    if (session->settings.method == METHOD_DPO) metadata.loss_count = loss->count;
    for (size_t i = 0; i < metadata.loss_count; i++)
        losses[i] =
            (struct metadata_loss){formulas[loss->terms[i].kind].name, loss->terms[i].weight};
    metadata.train =
        (struct metadata_data){session->digests[0], session->train.count, session->options.train};
    if (session->evaluates)
        metadata.eval = (struct metadata_data){session->digests[1], session->eval.count, NULL};
    add_method(session, &metadata);
    list_targets(&session->policy.adapter.options.targets, &targets);
    add_numbers(session, &targets, &metadata);
    good = metadata_write(&metadata, session->options.run, err);
    buffer_release(&targets);
    metadata_release(&origin);
    return good;
}
