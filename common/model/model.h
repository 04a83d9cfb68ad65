/* A model, opened: what it is and where its weights lie. All of it stays in its files, mapped.
 *
 * A folder without safetensors but with one GGUF file has its weights, and what it is, from that.
 * generation_config.json beside it says which tokens end a text, in either case. */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "model/config.h"
#include "model/weights.h"
#include "place/locate.h"

struct model {
    struct place place;
    struct config config;
    struct weights weights;
    struct shards shards;    /* of a folder with safetensors; else all zero */
    struct mapped gguf_file; /* else all zero */
    struct gguf gguf;
};

/* name: see place/locate. After a failure there is nothing to close. */
bool model_open(struct model *model, const char *name, struct err *err);

/* Would a file of this name take the place of one of the weights? NULL and '-' would not. */
bool model_is_at(const struct model *model, const char *path);
void model_close(struct model *model);

#endif
