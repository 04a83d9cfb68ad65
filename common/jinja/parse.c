/* Statements. */
#include "jinja/parse.h"

#include "jinja/parser.h"
#include "records/scan.h"
#include "records/value.h"

#include <string.h>

struct node *parse_node(struct parser *parser, enum node_kind kind, uint32_t line)
{
    struct node *node = arena_take(&parser->tree->arena, sizeof *node);

    if (!node) return err_set(parser->err, "the template is too large"), NULL;
    *node = (struct node){.kind = kind, .line = line};
    return node;
}

bool parse_adopt(struct parser *parser, struct node *node, struct node **part, struct node *child)
{
    if (!child) return false;
    *part = child;
    if (child->depth >= node->depth) node->depth = (uint16_t)(child->depth + 1);
    if (node->depth <= TREE_DEPTH) return true;
    return err_set(parser->err, "it is nested more than %d deep", TREE_DEPTH);
}

bool parse_enter(struct parser *parser)
{
    if (++parser->depth <= TREE_DEPTH) return true;
    return err_set(parser->err, "it is nested more than %d deep", TREE_DEPTH);
}

static void grow_slots(struct parser *parser)
{
    const struct syntax *tree = parser->tree;
    size_t count = parser->slot_count ? 2 * parser->slot_count : 64;

    mem_free(parser->slots);
    parser->slots = mem_zero(count, sizeof *parser->slots);
    parser->slot_count = count;
    for (uint32_t i = 0; i < tree->name_count; i++) {
        size_t at = scan_hash(tree->names[i]) & (count - 1);

        while (parser->slots[at]) at = (at + 1) & (count - 1);
        parser->slots[at] = i + 1;
    }
}

bool parse_name(struct parser *parser, struct text name, uint32_t *number)
{
    struct syntax *tree = parser->tree;
    size_t at;

    if (name.len > 1 && name.at[0] == '_' && name.at[1] == '_')
        return err_set(parser->err, "the name '%.*s' is not supported", (int)name.len, name.at);
    if (2 * (size_t)(tree->name_count + 1) > parser->slot_count) grow_slots(parser);
    at = scan_hash(name) & (parser->slot_count - 1);
    for (; parser->slots[at]; at = (at + 1) & (parser->slot_count - 1)) {
        struct text there = tree->names[parser->slots[at] - 1];

        *number = parser->slots[at] - 1;
        if (there.len == name.len && memcmp(there.at, name.at, name.len) == 0) return true;
    }
    tree->names = mem_room(tree->names, tree->name_count, &parser->name_room, sizeof *tree->names);
    tree->names[tree->name_count] = name;
    *number = tree->name_count++;
    parser->slots[at] = tree->name_count;
    return true;
}

bool parse_sees(const struct parser *parser, unsigned sign)
{
    return parser->at->kind == TOKEN_SIGN && parser->at->sign == sign;
}

bool parse_sees_word(const struct parser *parser, const char *word)
{
    return parser->at->kind == TOKEN_NAME && text_is(parser->at->text, word);
}

bool parse_skip(struct parser *parser, unsigned sign)
{
    if (!parse_sees(parser, sign)) return false;
    parser->at++;
    return true;
}

bool parse_skip_word(struct parser *parser, const char *word)
{
    if (!parse_sees_word(parser, word)) return false;
    parser->at++;
    return true;
}

bool parse_expect(struct parser *parser, unsigned sign)
{
    char awaited[] = {'\'', (char)(sign & 0xff), '\'', '\0'};

    return parse_skip(parser, sign) || parse_fail(parser, awaited);
}

bool parse_fail(struct parser *parser, const char *awaited)
{
    const struct token *token = parser->at;
    const char *const names[] = {
        "the end",  "text",       "'{%'",   "the end of the tag", "'{{'", "the end of the tag", "",
        "a string", "an integer", "a float"};
    char sign[3] = {(char)(token->sign & 0xff), (char)(token->sign >> 8), '\0'};

    if (token->kind == TOKEN_NAME)
        return err_set(parser->err, "'%.*s' where %s is awaited", (int)token->text.len,
                       token->text.at, awaited);
    if (token->kind == TOKEN_SIGN)
        return err_set(parser->err, "'%s' where %s is awaited", sign, awaited);
    return err_set(parser->err, "%s where %s is awaited", names[token->kind], awaited);
}

static bool check_source(struct text source, struct err *err)
{
    const char *at = source.at, *end = source.at + source.len;

    if (source.len > SOURCE_LIMIT)
        return err_set(err, "a template of more than %zu KiB", SOURCE_LIMIT >> 10);
    while (at < end) {
        size_t run = (unsigned char)*at < 0x80 ? 1 : utf8_run(at, end);

        if (run == 0) return err_set(err, "byte %zu is not UTF-8", (size_t)(at - source.at) + 1);
        at += run;
    }
    return true;
}

/* A copy with '\n' for every line break, less the last one. */
static bool copy_source(struct syntax *tree, struct text source, struct text *copy)
{
    char *to = arena_take(&tree->arena, source.len + 1);
    size_t len = 0;

    if (!to) return false;
    for (size_t i = 0; i < source.len; i++) {
        bool pair = source.at[i] == '\r' && i + 1 < source.len && source.at[i + 1] == '\n';

        if (!pair) to[len++] = source.at[i] == '\r' ? '\n' : source.at[i];
    }
    if (len > 0 && to[len - 1] == '\n') len--;
    to[len] = '\0';
    *copy = (struct text){to, len};
    return true;
}

bool tree_parse(struct syntax *tree, struct text source, uint32_t *line, struct err *err)
{
    struct parser parser = {.tree = tree, .err = err};
    struct tokens tokens = {0};
    struct text copy;
    bool good;

    *tree = (struct syntax){0};
    *line = 0;
    good = check_source(source, err) && copy_source(tree, source, &copy) &&
           lex_source(&tokens, copy, &tree->arena, line, err);
    if (good) {
        parser.at = tokens.at;
        good = parse_body(&parser, &tree->body, NULL) && parse_scopes(&parser);
        tree->loop = tree_name(tree, TEXT("loop"));
        *line = parser.at->line;
    }
    mem_free(tokens.at);
    mem_free(parser.slots);
    if (!good) syntax_release(tree);
    return good;
}

void syntax_release(struct syntax *tree)
{
    arena_release(&tree->arena);
    mem_free(tree->names);
    *tree = (struct syntax){0};
}

uint32_t tree_name(const struct syntax *tree, struct text name)
{
    for (uint32_t i = 0; i < tree->name_count; i++)
        if (tree->names[i].len == name.len && memcmp(tree->names[i].at, name.at, name.len) == 0)
            return i;
    return UINT32_MAX;
}
