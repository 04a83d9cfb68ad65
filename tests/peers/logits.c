/* For train.py: 'logits MODEL ADAPTER|- ID...' writes the logits of each position, [count, V]
 * floats in the order of this machine, to its output. Computed in fp32. */
#include "core/memory.h"
#include "decoder/head.h"
#include "decoder/step.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct team *team;
static struct model model;
static struct base base;
static struct decoder decoder;
static struct adapter adapter;
static struct batch batch;
static struct err err;

static void demand(bool holds)
{
    if (holds) return;
    fprintf(stderr, "logits: %s\n", err.text);
    exit(1);
}

static void open_model(const char *name, const char *adapted)
{
    team = team_start(1);
    demand(model_open(&model, name, &err) && base_open(&base, &model, 16, NULL, team, &err));
    decoder_open(&decoder, &base, PRECISION_F32, team);
    if (strcmp(adapted, "-") == 0) return;
    demand(adapter_load(&adapter, &model.config, adapted, &err));
    decoder_adapt(&decoder, &adapter);
}

static void take_ids(char **words, size_t count)
{
    uint32_t *ids = mem_zero(count, sizeof *ids);

    for (size_t i = 0; i < count; i++) ids[i] = (uint32_t)strtoul(words[i], NULL, 10);
    batch_text(&batch, BATCH_START, ids, count);
    decoder_reach(&decoder, count);
    demand(batch_check(&batch, &model.config, false, &err));
    mem_free(ids);
}

static void write_logits(void)
{
    const struct config *config = &model.config;
    const struct step_mode mode = {.adapted = true};
    struct step_plan plan = {.rows = batch.rows, .scored = 1};
    float *f = mem_zero(config->hidden, sizeof *f), *z = mem_zero(config->vocabulary, sizeof *z);
    struct step *step;
    const float *rows;
    size_t ld;

    demand(step_plan(&decoder, &plan, (size_t)1 << 30, &err));
    step = step_new(&decoder, &plan);
    step_forward(step, &batch, &mode, NULL, NULL);
    rows = step_rows(step, &ld);
    for (size_t t = 0; t < batch.rows; t++) {
        head_logits(&decoder, 1, rows + t * ld, f, z, config->vocabulary);
        fwrite(z, sizeof *z, config->vocabulary, stdout);
    }
    step_free(step);
    mem_free(f);
    mem_free(z);
}

int main(int argc, char **argv)
{
    if (argc < 4) return 2;
    open_model(argv[1], argv[2]);
    take_ids(argv + 3, (size_t)argc - 3);
    write_logits();
    return fflush(stdout) != 0;
}
