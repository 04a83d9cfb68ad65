/* A model's name as Ollama reads it: [HOST/][SPACE/]MODEL[:TAG]. */
#ifndef PLACE_OLLAMA_NAME_H
#define PLACE_OLLAMA_NAME_H

#include "core/err.h"

/* Each part is one name of a folder or file: of letters, digits, '_', '-' and '.', the host of ':',
 * too, and begins with a letter, a digit or '_'. */
struct ollama_name {
    char host[352], space[82], model[82], tag[82];
};

bool ollama_name_parse(struct ollama_name *name, const char *text, struct err *err);

#endif
