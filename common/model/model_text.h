/* What of a model turns text into tokens: a tokenizer and a template, without its weights. A folder
 * with nothing but tokenizer.json will do, as will a GGUF file. */
#ifndef MODEL_MODEL_TEXT_H
#define MODEL_MODEL_TEXT_H

#include "core/mapped.h"
#include "gguf/gguf.h"
#include "place/locate.h"

enum text_file {
    TEXT_TOKENIZER,        /* tokenizer.json */
    TEXT_TOKENIZER_CONFIG, /* tokenizer_config.json */
    TEXT_TEMPLATE,         /* chat_template.jinja */
    TEXT_GENERATION,       /* generation_config.json */
    TEXT_CONFIG,           /* config.json */
    TEXT_FILES
};

struct model_text {
    struct place place;
    struct mapped files[TEXT_FILES]; /* path is NULL where there is none */

    /* Set where the place is a GGUF file or a folder without tokenizer.json but with one. */
    bool has_gguf;
    struct mapped gguf_file;
    struct gguf gguf;
};

/* name: see place/locate. After a failure there is nothing to close. */
bool model_text_open(struct model_text *text, const char *name, struct err *err);

/* 1: opened; 0: the model has no tokenizer, and err says so; -1. */
int model_text_find(struct model_text *text, const char *name, struct err *err);
void model_text_close(struct model_text *text);

#endif
