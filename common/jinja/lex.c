#include "jinja/lexer.h"

#include "jinja/codes.h"
#include "records/value.h"

#include <string.h>

struct token *lex_add(struct lexer *lex, enum token_kind kind)
{
    struct tokens *tokens = lex->tokens;

    tokens->at = mem_room(tokens->at, tokens->count, &tokens->room, sizeof *tokens->at);
    tokens->at[tokens->count] = (struct token){.kind = kind, .line = lex->line};
    return &tokens->at[tokens->count++];
}

void lex_move(struct lexer *lex, const char *to)
{
    for (; lex->at < to; lex->at++) lex->line += *lex->at == '\n';
}

static const char *skip_space(const struct lexer *lex, const char *at)
{
    struct text rest = text_strip((struct text){at, (size_t)(lex->end - at)}, NULL, SIDE_LEFT);

    return rest.at;
}

/* The end of a tag's closing sign, with what it swallows; NULL when there is none at at. Blocks and
 * comments (trims) take a line break, '-' all white space, and '+' stops the former. */
static const char *closing(const struct lexer *lex, const char *at, struct text sign, bool trims)
{
    char mark = at < lex->end ? *at : '\0';

    if (mark == '-' || (mark == '+' && trims))
        at++;
    else
        mark = '\0';
    if (!lex_sees(lex, at, sign)) return NULL;
    at += sign.len;
    if (mark == '-') return skip_space(lex, at);
    return trims && !mark && at < lex->end && *at == '\n' ? at + 1 : at;
}

/* Adds the text before a tag, less what the tag's mark or its place on the line strips. */
static void add_data(struct lexer *lex, struct text text, char mark, bool strips)
{
    if (mark == '-') {
        text = text_strip(text, NULL, SIDE_RIGHT);
    } else if (mark != '+' && strips) {
        const char *line = text.len ? memrchr(text.at, '\n', text.len) : NULL;
        const char *blank = line ? line + 1 : text.at;
        bool starts = line || blank == lex->begin || blank[-1] == '\n';
        struct text rest = {blank, (size_t)(text.at + text.len - blank)};

        if (starts && text_strip(rest, NULL, SIDE_LEFT).len == 0)
            text.len = (size_t)(blank - text.at);
    }
    if (text.len > 0) lex_add(lex, TOKEN_DATA)->text = text;
}

static char mark_of(const struct lexer *lex, const char *at)
{
    return at < lex->end && (*at == '-' || *at == '+') ? *at : '\0';
}

static bool lex_comment(struct lexer *lex)
{
    const char *at = lex->at + 2 + (mark_of(lex, lex->at + 2) != '\0');

    for (; at < lex->end; at++) {
        const char *end = closing(lex, at, TEXT("#}"), true);

        if (end) return lex_move(lex, end), true;
    }
    return err_set(lex->err, "a comment is not closed by '#}'");
}

/* Behind '{% WORD %}' where at stands before the tag's sign, or NULL when it is another tag. */
static const char *plain_tag(const struct lexer *lex, const char *at, struct text word, bool trims)
{
    at = skip_space(lex, at + 2 + (mark_of(lex, at + 2) != '\0'));
    if (!lex_sees(lex, at, word)) return NULL;
    at = skip_space(lex, at + word.len);
    if (!trims && at < lex->end && *at == '+') return NULL;
    return closing(lex, at, TEXT("%}"), trims);
}

/* What stands between raw and endraw is text. A line break behind the former stays. */
static bool lex_raw(struct lexer *lex, const char *body)
{
    for (const char *at = body; (at = memmem(at, (size_t)(lex->end - at), "{%", 2)); at += 2) {
        const char *end = plain_tag(lex, at, TEXT("endraw"), true);

        if (!end) continue;
        lex_move(lex, body);
        add_data(lex, (struct text){body, (size_t)(at - body)}, mark_of(lex, at + 2), true);
        lex_move(lex, end);
        return true;
    }
    return err_set(lex->err, "'raw' is not closed by 'endraw'");
}

static bool lex_tag(struct lexer *lex, bool block)
{
    struct text sign = block ? TEXT("%}") : TEXT("}}");
    uint32_t line = lex->line;

    lex_add(lex, block ? TOKEN_BLOCK_BEGIN : TOKEN_PRINT_BEGIN);
    lex_move(lex, lex->at + 2 + (mark_of(lex, lex->at + 2) != '\0'));
    lex->open_count = 0;
    for (;;) {
        const char *end;

        lex_move(lex, skip_space(lex, lex->at));
        if (lex->at == lex->end) {
            lex->line = line;
            return err_set(lex->err, "a tag is not closed by '%s'", sign.at);
        }
        if (lex->open_count == 0 && (end = closing(lex, lex->at, sign, block))) {
            lex_add(lex, block ? TOKEN_BLOCK_END : TOKEN_PRINT_END);
            return lex_move(lex, end), true;
        }
        if (!lex_word(lex)) return false;
    }
}

/* The next '{%', '{{' or '{#'. */
static const char *find_tag(const struct lexer *lex)
{
    const char *at = lex->at;

    while ((at = memchr(at, '{', (size_t)(lex->end - at)))) {
        if (lex->end - at >= 2 && (at[1] == '%' || at[1] == '{' || at[1] == '#')) return at;
        at++;
    }
    return NULL;
}

static bool lex_piece(struct lexer *lex)
{
    const char *tag = find_tag(lex), *body;
    struct text text = {lex->at, (size_t)((tag ? tag : lex->end) - lex->at)};

    add_data(lex, text, tag ? mark_of(lex, tag + 2) : '+', tag && tag[1] != '{');
    lex_move(lex, text.at + text.len);
    if (!tag) return true;
    if (tag[1] == '#') return lex_comment(lex);
    if (tag[1] == '%' && (body = plain_tag(lex, tag, TEXT("raw"), false)))
        return lex_raw(lex, body);
    return lex_tag(lex, tag[1] == '%');
}

bool lex_source(struct tokens *tokens, struct text source, struct arena *arena, uint32_t *line,
                struct err *err)
{
    struct lexer lex = {.at = source.at,
                        .end = source.at + source.len,
                        .begin = source.at,
                        .line = 1,
                        .tokens = tokens,
                        .arena = arena,
                        .err = err};
    bool good = true;

    while (good && lex.at < lex.end) good = lex_piece(&lex);
    *line = lex.line;
    if (good) lex_add(&lex, TOKEN_END);
    return good;
}
