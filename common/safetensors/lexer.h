/* JSON taken piece by piece, where the shape of the whole is known: the headers of safetensors
 * files and their indexes. Strict (RFC 8259, UTF-8 checked), one pass, no recursion. */
#ifndef SAFETENSORS_LEXER_H
#define SAFETENSORS_LEXER_H

#include "core/err.h"
#include "core/memory.h"

#include <stdint.h>

struct lexer {
    const char *begin, *at, *end;
    size_t before; /* bytes of the file before the text */
    char *texts;   /* where the next decoded string goes */
};

/* Decoded strings are written to texts, which needs no more than len bytes. */
void lexer_init(struct lexer *lexer, struct text text, size_t before, char *texts);

/* Fails with what is wrong where the lexer stands: 'byte 17: ...', counted from 1 in the file. */
bool lexer_fail(const struct lexer *lexer, const char *problem, struct err *err);

/* What stands behind the white space, which is passed over; 0 at the end. Nothing is taken. */
char lexer_peek(struct lexer *lexer);

/* Takes the symbol, if it stands there. */
bool lexer_take(struct lexer *lexer, char symbol);

bool lexer_expect(struct lexer *lexer, char symbol, struct err *err);
bool lexer_string(struct lexer *lexer, struct text *text, struct err *err);
bool lexer_key(struct lexer *lexer, struct text *key, struct err *err); /* and the colon */

/* A whole number in digits: no sign, point or exponent. */
bool lexer_whole(struct lexer *lexer, uint64_t *value, struct err *err);

/* Passes over any value of at most 64 levels; strings in it are not kept. */
bool lexer_skip(struct lexer *lexer, struct err *err);

/* After a member or an element: is there another? *more is false behind the closing symbol. */
bool lexer_more(struct lexer *lexer, char closing, bool *more, struct err *err);

/* The length of the UTF-8 sequence at at, or 0 when there is none. */
size_t lexer_utf8(const char *at, const char *end);

/* For messages: the arguments of '%.*s' that show no more of a name than fits a line. */
#define SHOWN(name) (int)((name).len < 100 ? (name).len : 100), (name).at

#endif
