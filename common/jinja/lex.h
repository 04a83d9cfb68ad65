/* A template's source as tokens: the text between the tags, and the words within them.
 *
 * White space is dealt with here: a tag's line break and the blanks before a tag that stands alone
 * on its line are gone (trim_blocks, lstrip_blocks), as is what '-' beside a tag strips. */
#ifndef JINJA_LEX_H
#define JINJA_LEX_H

#include "jinja/work.h"

enum token_kind {
    TOKEN_END,
    TOKEN_DATA, /* text to print */
    TOKEN_BLOCK_BEGIN,
    TOKEN_BLOCK_END,
    TOKEN_PRINT_BEGIN,
    TOKEN_PRINT_END,
    TOKEN_NAME,
    TOKEN_STRING,
    TOKEN_INT,
    TOKEN_FLOAT,
    TOKEN_SIGN /* an operator, a bracket, a comma ... */
};

/* A sign of one or two characters as one number. */
#define SIGN(a, b) ((unsigned)(unsigned char)(a) | (unsigned)(unsigned char)(b) << 8)

struct token {
    enum token_kind kind;
    uint32_t line;
    unsigned sign;
    union {
        struct text text; /* of the source, or decoded in the arena */
        int64_t whole;
        double real;
    };
};

struct tokens {
    struct token *at; /* the last is a TOKEN_END */
    size_t count, room;
};

/* source must live as long as the tokens' texts. On failure *line says where. */
bool lex_source(struct tokens *tokens, struct text source, struct arena *arena, uint32_t *line,
                struct err *err);

#endif
