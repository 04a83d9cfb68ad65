/* The members of a tokenizer.json around the model: what is done to a text before and after it,
 * and to ids on their way back. Each is one JSON value; null, and empty text, mean nothing is done.
 * What is not known is refused by its name. */
#ifndef TOKENS_PARTS_JSON_H
#define TOKENS_PARTS_JSON_H

#include "tokens/parts.h"

struct part_reader {
    struct tokenizer *tokenizer;
    const char *name; /* of the file */
    struct err *err;
    bool digits, individual, split, bytes; /* what the pre_tokenizer had so far */
    int step;                              /* and the decoder */
    bool has_text;                         /* and the post_processor */
    token_id next_id;                      /* of a new added token */
};

bool read_normalizer(struct part_reader *reader, struct text json);

/* Says among other things whether the model is byte-level: it must be read before it. */
bool read_pre_tokenizer(struct part_reader *reader, struct text json);

/* The regular expression of a 'Split' that cuts so, or NULL. */
const char *split_pattern(enum pieces pieces);

bool read_decoder(struct part_reader *reader, struct text json);

#endif
