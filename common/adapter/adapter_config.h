/* adapter_config.json as PEFT 0.21 writes it.
 *
 * What would change what the adapter computes and is not implemented is refused by its key; what
 * only says how it was made, and keys that are not known, are passed over. */
#ifndef ADAPTER_ADAPTER_CONFIG_H
#define ADAPTER_ADAPTER_CONFIG_H

#include "adapter/adapter_options.h"
#include "core/err.h"
#include "core/memory.h"

/* path is what to call the file. After a failure there is nothing to release. */
bool adapter_config_read(struct adapter_options *options, struct text json, const char *path,
                         struct err *err);

/* The text of the file: all keys of PEFT, sorted. Those of rank_pattern and alpha_pattern are not,
 * because the first one that fits counts. Adds to out. */
void adapter_config_write(const struct adapter_options *options, struct buffer *out);

#endif
