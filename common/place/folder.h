/* The folder of a model: its files, mapped, and which of them hold the weights. Nothing that the
 * names or the links of strangers say leads out of it (safetensors/root). */
#ifndef PLACE_FOLDER_H
#define PLACE_FOLDER_H

#include "core/mapped.h"
#include "safetensors/root.h"

/* Maps a file: 1; 0 when there is none by this name (file is all zero then); -1. */
int folder_map(const struct root *folder, const char *name, struct mapped *file, struct err *err);

/* The same for the one file whose name ends in '.gguf'; several are refused, with their names. */
int folder_map_gguf(const struct root *folder, struct mapped *file, struct err *err);

/* Are there weights as safetensors: 1, 0 or -1. They may yet turn out to be broken. */
int folder_has_safetensors(const struct root *folder, struct err *err);

#endif
