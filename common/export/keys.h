/* All keys of a model's GGUF file, in the order of llama.cpp's converter. A file that its quantiser
 * made has 'general.quantization_version' and 'general.file_type' behind all that it was made
 * from. One key is more than the converter writes: 'llama.attention.sliding_window' of a Mistral
 * whose texts may be longer than that. */
#ifndef EXPORT_KEYS_H
#define EXPORT_KEYS_H

#include "export/origin.h"
#include "gguf/gguf_writer.h"

struct keys {
    const char *name;    /* of the model; NULL: from its files, its folder or the hub */
    uint32_t file_type;  /* 'general.file_type' */
    bool quantised;      /* without that type, then, which keys_write_type adds */
    uint64_t parameters; /* numbers in all tensors */
};

bool keys_write(const struct keys *keys, const struct origin *origin, struct gguf_writer *writer,
                struct err *err);

/* Is the window such a key? Layers that differ, and other families, have none. */
bool keys_say_window(const struct config *config);

/* Says in a sentence each what llama.cpp will compute otherwise than the model's own files have it,
 * since the file cannot say it or llama.cpp does not read it. */
void keys_unsaid(const struct config *config, void (*warn)(const char *sentence));

void keys_write_type(uint32_t file_type, struct gguf_writer *writer);

#endif
