#include "trial.h"

#include <stdio.h>

bool trial_make(struct trial *trial, bool backward, size_t kept)
{
    struct err err;

    trial->plan.rows = trial->batch.rows;
    trial->plan.scored = trial->batch.scored_count;
    trial->plan.backward = backward;
    if (!step_plan(&trial->numeric->decoder, &trial->plan, SIZE_MAX, &err)) {
        printf("# %s\n", err.text);
        return false;
    }
    if (kept < trial->plan.kept) trial->plan.kept = kept;
    trial->step = step_new(&trial->numeric->decoder, &trial->plan);
    trial->logp = mem_zero(trial->batch.scored_count, sizeof *trial->logp);
    trial->dlogp = mem_zero(trial->batch.scored_count, sizeof *trial->dlogp);
    return true;
}

void trial_release(struct trial *trial)
{
    step_free(trial->step);
    batch_release(&trial->batch);
    mem_free(trial->logp);
    mem_free(trial->dlogp);
}

void trial_forward(struct trial *trial, bool adapted, bool keep)
{
    const struct step_mode mode = {.adapted = adapted, .keep = keep};

    step_forward(trial->step, &trial->batch, &mode, trial->logp, NULL);
}

bool golden_open(struct safetensors *file, const char *model, const char *kind)
{
    struct err err;

    if (safetensors_open(file, numeric_path("forward/%s%s.safetensors", model, kind), &err))
        return true;
    printf("# %s\n", err.text);
    return false;
}

const char *golden_name(const char *name, size_t i)
{
    static char text[64];

    snprintf(text, sizeof text, "%s.%zu", name, i);
    return text;
}

void add_sequences(struct batch *batch, const struct safetensors *file, bool scored)
{
    for (size_t i = 0; i < SEQUENCES; i++) {
        size_t count;
        uint32_t *ids = numeric_ids(file, golden_name("ids", i), &count);

        if (scored)
            batch_answer(batch, BATCH_START, ids, count, 0);
        else
            batch_text(batch, BATCH_START, ids, count);
        mem_free(ids);
    }
}

void add_pairs(struct batch *batch, const struct safetensors *file, bool shared,
               size_t counts[2 * SEQUENCES])
{
    for (size_t i = 0; i < SEQUENCES; i++) {
        size_t count[3];
        uint32_t *prompt = numeric_ids(file, golden_name("prompt_ids", i), &count[0]);
        uint32_t *answers[2] = {numeric_ids(file, golden_name("chosen_ids", i), &count[1]),
                                numeric_ids(file, golden_name("rejected_ids", i), &count[2])};
        const size_t root = shared ? batch_text(batch, BATCH_START, prompt, count[0]) : 0;

        for (size_t side = 0; side < 2; side++) {
            const size_t parent = shared ? root : batch_text(batch, BATCH_START, prompt, count[0]);

            counts[2 * i + side] = batch_answer(batch, parent, answers[side], count[1 + side], 0);
            mem_free(answers[side]);
        }
        mem_free(prompt);
    }
}
