/* The added tokens of a tokenizer.json, and the special ones that a text stands between. Both need
 * the vocabulary. */
#ifndef TOKENS_SPECIAL_JSON_H
#define TOKENS_SPECIAL_JSON_H

#include "tokens/parts_json.h"

/* Needs the normalizer, too: it decides what a 'normalized' token looks like. */
bool read_added_tokens(struct part_reader *reader, struct text json);
bool read_post_processor(struct part_reader *reader, struct text json);

#endif
