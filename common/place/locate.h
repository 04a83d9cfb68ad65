/* Where a model lies, by the name that a user gives it. In this order:
 *
 *     a folder                      with config.json, tokenizer.json, weights
 *     a file                        GGUF
 *     ollama:[HOST/][SPACE/]NAME[:TAG]    in Ollama's store (place/ollama)
 *     [ORGANISATION/]NAME[@REVISION]      in the hub's cache (place/hub)
 *
 * Nothing is fetched. */
#ifndef PLACE_LOCATE_H
#define PLACE_LOCATE_H

#include "core/err.h"

struct place {
    char *path;
    bool is_gguf; /* a file, which begins as GGUF does; else a folder */
};

bool locate_model(struct place *place, const char *name, struct err *err);
void place_release(struct place *place);

#endif
