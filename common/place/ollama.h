/* Ollama's own store of models:
 *
 *     STORE/manifests/HOST/SPACE/NAME/TAG     JSON: which blobs the model is made of
 *     STORE/blobs/sha256-HEX                  the GGUF file is one of them
 *
 * STORE is OLLAMA_MODELS, else ~/.ollama/models, else, where that is not there, the folder of the
 * packaged service. Names are what Ollama takes them for, whatever their case. The files are shared
 * with Ollama and only ever read. */
#ifndef PLACE_OLLAMA_H
#define PLACE_OLLAMA_H

#include "core/err.h"
#include "core/memory.h"

#include <stdint.h>

#define OLLAMA_DIGEST 64 /* hexadecimal digits, in lower case */

/* Finds the GGUF file of '[HOST/][SPACE/]NAME[:TAG]'. The caller frees path. */
bool ollama_find(const char *name, char **path, struct err *err);

/* The blob of the model's weights, and how long it is. Refuses what this file alone would not be:
 * adapters, several files, weights in tensors. path is what to call the manifest. */
bool ollama_manifest(struct text json, const char *path, char digest[OLLAMA_DIGEST + 1],
                     uint64_t *size, struct err *err);

#endif
