/* A component of tokenizer.json, or a Sequence of them, as a list. */
#ifndef TOKENS_PART_LIST_H
#define TOKENS_PART_LIST_H

#include "tokens/fields.h"
#include "tokens/parts_json.h"

#define PART_LIMIT 8

/* Hands each component, with its type, to read. list is what a Sequence calls its own ('decoders');
 * there is no Sequence in a Sequence. */
typedef bool part_read(struct part_reader *reader, struct fields *fields, struct text type);
bool read_parts(struct part_reader *reader, struct text json, const char *slot, const char *list,
                part_read *read);

/* 'not supported', with the type's name. */
bool refuse_part(struct fields *fields);

/* {"String": text} or {"Regex": text} as the member 'pattern'. */
bool read_pattern(struct fields *fields, struct text *pattern, bool *regex);

#endif
