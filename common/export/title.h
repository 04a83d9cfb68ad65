/* What a model is called, taken apart as llama.cpp's converter does it: 'Org/SmolLM2-135M-Instruct'
 * is of the organisation Org, on the base SmolLM2, of the size 135M, tuned to Instruct. */
#ifndef EXPORT_TITLE_H
#define EXPORT_TITLE_H

#include "gguf/gguf_writer.h"

struct title {
    char *name, *organization, *finetune, *basename, *version, *size; /* each may be NULL */
};

/* Fills what is still missing from the name of a model or of its folder; parameters is how many
 * numbers it has, for sizes that cannot be its own. */
void title_add(struct title *title, const char *model, uint64_t parameters);

/* The size where no name told it: '494M', '8.0B'. */
void title_add_size(struct title *title, uint64_t parameters);

/* 'general.name' and what follows it. name, or NULL, goes before that of title. */
void title_write(const struct title *title, const char *name, struct gguf_writer *writer);
void title_release(struct title *title);

#endif
