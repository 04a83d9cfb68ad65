#include "exam.h"

#include <stdio.h>
#include <stdlib.h>

const char *exam_path(const char *name)
{
    static char paths[4][512];
    static unsigned next;
    char *path = paths[next++ % 4];
    const char *root = getenv("SRC");

    snprintf(path, sizeof *paths, "%s/tests/golden/%s", root ? root : ".", name);
    return path;
}

static bool failed(const struct err *err)
{
    printf("# %s\n", err->text);
    return false;
}

bool exam_open(struct exam *exam)
{
    struct err err;

    if (!language_load(&exam->language, exam_path(exam->model), "auto", &err)) return failed(&err);
    if (!model_open(&exam->opened, exam_path(exam->model), &err)) {
        language_release(&exam->language);
        return failed(&err);
    }
    if (exam->adapter &&
        !adapter_load(&exam->loaded, &exam->opened.config, exam_path(exam->adapter), &err)) {
        language_release(&exam->language);
        model_close(&exam->opened);
        return failed(&err);
    }
    exam->config = exam->opened.config;
    if (exam->vocabulary) exam->config.vocabulary = exam->vocabulary;
    if (exam->positions) exam->config.positions = exam->positions;
    exam->team = team_start(exam->threads ? exam->threads : 1);
    if (!base_open(&exam->base, &exam->opened, 16, NULL, exam->team, &err)) return failed(&err);
    decoder_open(&exam->decoder, &exam->base, PRECISION_F32, exam->team);
    if (exam->adapter) decoder_adapt(&exam->decoder, &exam->loaded);
    return true;
}

bool exam_score(struct exam *exam, struct err *err)
{
    char path[512], *paths[] = {path, NULL};

    snprintf(path, sizeof path, "%s", exam->pairs[0] == '/' ? exam->pairs : exam_path(exam->pairs));
    exam->examples = (struct examples){.language = &exam->language,
                                       .config = &exam->config,
                                       .rules = exam->rules,
                                       .beyond_context = exam->examples.beyond_context,
                                       .keep_dropped = true,
                                       .keep_lines = true};
    exam->scorer = (struct scorer){.decoder = &exam->decoder,
                                   .batch_tokens = exam->batch_tokens ? exam->batch_tokens : 2048,
                                   .memory = exam->memory ? exam->memory : SIZE_MAX};
    if (!examples_read(&exam->examples, paths, exam->threads ? exam->threads : 1, err))
        return false;
    if (scorer_run(&exam->scorer, &exam->examples, err)) return true;
    examples_close(&exam->examples);
    return false;
}

void exam_close(struct exam *exam)
{
    scorer_release(&exam->scorer);
    if (exam->examples.items) examples_close(&exam->examples);
    decoder_close(&exam->decoder);
    base_close(&exam->base);
    team_stop(exam->team);
    if (exam->adapter) adapter_release(&exam->loaded);
    model_close(&exam->opened);
    language_release(&exam->language);
}
