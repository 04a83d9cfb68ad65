/* Private to lex.c and lex_word.c. */
#ifndef JINJA_LEXER_H
#define JINJA_LEXER_H

#include "jinja/lex.h"

#define BRACKETS 200

struct lexer {
    const char *at, *end, *begin;
    uint32_t line;
    struct tokens *tokens;
    struct arena *arena;
    char open[BRACKETS]; /* the closing brackets that are awaited */
    size_t open_count;
    struct err *err;
};

struct token *lex_add(struct lexer *lex, enum token_kind kind);
void lex_move(struct lexer *lex, const char *to); /* counts the lines that are passed */
bool lex_word(struct lexer *lex);                 /* the token at lex->at, within a tag */

static inline bool lex_sees(const struct lexer *lex, const char *at, struct text word)
{
    if ((size_t)(lex->end - at) < word.len) return false;
    for (size_t i = 0; i < word.len; i++)
        if (at[i] != word.at[i]) return false;
    return true;
}

#endif
