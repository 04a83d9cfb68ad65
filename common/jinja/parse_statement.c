/* The tags. */
#include "jinja/parser.h"

#include <string.h>

/* Passes the end of a tag. */
static bool end_tag(struct parser *parser)
{
    if (parser->at->kind != TOKEN_BLOCK_END) return parse_fail(parser, "'%}'");
    parser->at++;
    return true;
}

/* 'endx %}', at which a body stopped. */
static bool close_tag(struct parser *parser)
{
    parser->at++;
    return end_tag(parser);
}

static struct node *parse_if(struct parser *parser)
{
    struct node *node = parse_node(parser, NODE_IF, parser->at->line), *last = node;

    for (;;) {
        if (!last || !parse_adopt(parser, last, &last->test, parse_tuple(parser, true)) ||
            !end_tag(parser) || !parse_body(parser, &last->body, "elif else endif"))
            return NULL;
        if (!parse_skip_word(parser, "elif")) break;
        last->otherwise = parse_node(parser, NODE_IF, parser->at->line);
        last = last->otherwise;
    }
    if (parse_skip_word(parser, "else") &&
        (!end_tag(parser) || !parse_body(parser, &last->otherwise, "endif")))
        return NULL;
    return close_tag(parser) ? node : NULL;
}

static struct node *parse_for(struct parser *parser)
{
    struct node *node = parse_node(parser, NODE_FOR, parser->at->line);
    bool good;

    if (!node || !parse_adopt(parser, node, &node->left, parse_target(parser))) return NULL;
    if (!parse_skip_word(parser, "in")) return parse_fail(parser, "'in'"), NULL;
    if (!parse_adopt(parser, node, &node->right, parse_tuple(parser, true))) return NULL;
    if (parse_skip_word(parser, "if") &&
        !parse_adopt(parser, node, &node->test, parse_expression(parser)))
        return NULL;
    if (parse_sees_word(parser, "recursive"))
        return err_set(parser->err, "a recursive loop is not supported"), NULL;
    parser->loops++;
    good = end_tag(parser) && parse_body(parser, &node->body, "else endfor");
    parser->loops--;
    if (!good || (parse_skip_word(parser, "else") &&
                  (!end_tag(parser) || !parse_body(parser, &node->otherwise, "endfor"))))
        return NULL;
    return close_tag(parser) ? node : NULL;
}

/* A name, names, or the member of a namespace. */
static struct node *parse_set_target(struct parser *parser)
{
    const struct token *token = parser->at;
    struct node *node;

    if (token->kind != TOKEN_NAME || token[1].kind != TOKEN_SIGN || token[1].sign != SIGN('.', 0))
        return parse_target(parser);
    node = parse_node(parser, NODE_MEMBER, token->line);
    if (!node || !parse_adopt(parser, node, &node->left, parse_primary(parser))) return NULL;
    if (node->left->kind != NODE_NAME)
        return err_set(parser->err, "a constant cannot be assigned to"), NULL;
    parser->at++;
    if (parser->at->kind != TOKEN_NAME) return parse_fail(parser, "a name"), NULL;
    node->value = datum_text(parser->at++->text);
    return node;
}

static struct node *parse_set(struct parser *parser)
{
    struct node *node = parse_node(parser, NODE_SET, parser->at->line);

    if (!node || !parse_adopt(parser, node, &node->left, parse_set_target(parser))) return NULL;
    if (parse_skip(parser, SIGN('=', 0)))
        return parse_adopt(parser, node, &node->right, parse_tuple(parser, false)) &&
                       end_tag(parser)
                   ? node
                   : NULL;
    node->kind = NODE_SET_TEXT;
    if (parse_sees(parser, SIGN('|', 0)) &&
        !parse_adopt(parser, node, &node->right, parse_filters(parser, false)))
        return NULL;
    return end_tag(parser) && parse_body(parser, &node->body, "endset") && close_tag(parser) ? node
                                                                                             : NULL;
}

static bool parse_parameters(struct parser *parser, struct node *macro)
{
    struct node **end = &macro->left;
    bool defaults = false;

    while (!parse_sees(parser, SIGN(')', 0))) {
        struct node *node = parse_node(parser, NODE_PARAMETER, parser->at->line);

        if (macro->count > 0 && !parse_expect(parser, SIGN(',', 0))) return false;
        if (parser->at->kind != TOKEN_NAME) return parse_fail(parser, "a name");
        if (!node || !parse_name(parser, parser->at++->text, &node->name)) return false;
        if (parse_skip(parser, SIGN('=', 0))) {
            defaults = true;
            if (!parse_adopt(parser, node, &node->left, parse_expression(parser))) return false;
        } else if (defaults) {
            return err_set(parser->err, "a parameter without a default follows one with one");
        }
        if (macro->count++ == TREE_ARGUMENTS)
            return err_set(parser->err, "a macro has more than %d parameters", TREE_ARGUMENTS);
        if (!parse_adopt(parser, macro, end, node)) return false;
        end = &node->next;
    }
    parser->at++;
    return true;
}

static struct node *parse_macro(struct parser *parser)
{
    struct node *node = parse_node(parser, NODE_MACRO, parser->at->line);
    bool outer = parser->in_macro, good;
    unsigned loops = parser->loops;

    if (parser->at->kind != TOKEN_NAME) return parse_fail(parser, "a name"), NULL;
    if (!node || !parse_name(parser, parser->at++->text, &node->name) ||
        !parse_expect(parser, SIGN('(', 0)))
        return NULL;
    parser->in_macro = true;
    parser->loops = 0;
    good = parse_parameters(parser, node) && end_tag(parser) &&
           parse_body(parser, &node->body, "endmacro");
    parser->in_macro = outer;
    parser->loops = loops;
    if (!good) return NULL;
    return close_tag(parser) ? node : NULL;
}

/* A body in a scope of its own, closed by end: filter and generation. */
static struct node *parse_scope(struct parser *parser, bool filters, const char *end)
{
    struct node *node = parse_node(parser, NODE_BLOCK, parser->at->line);
    unsigned loops = parser->loops;
    bool good;

    if (!node || (filters && !parse_adopt(parser, node, &node->left, parse_filters(parser, true))))
        return NULL;
    if (!filters) parser->loops = 0;
    good = end_tag(parser) && parse_body(parser, &node->body, end) && close_tag(parser);
    parser->loops = loops;
    return good ? node : NULL;
}

static struct node *parse_with(struct parser *parser)
{
    struct node *node = parse_node(parser, NODE_WITH, parser->at->line), **end;

    if (!node) return NULL;
    end = &node->left;
    while (parser->at->kind != TOKEN_BLOCK_END) {
        struct node *set = parse_node(parser, NODE_SET, parser->at->line);

        if (node->left && !parse_expect(parser, SIGN(',', 0))) return NULL;
        if (!set || !parse_adopt(parser, set, &set->left, parse_target(parser)) ||
            !parse_expect(parser, SIGN('=', 0)) ||
            !parse_adopt(parser, set, &set->right, parse_expression(parser)) ||
            !parse_adopt(parser, node, end, set))
            return NULL;
        end = &set->next;
    }
    return end_tag(parser) && parse_body(parser, &node->body, "endwith") && close_tag(parser)
               ? node
               : NULL;
}

static struct node *parse_jump(struct parser *parser, enum node_kind kind)
{
    struct node *node = parse_node(parser, kind, parser->at->line);

    if (parser->loops == 0) return err_set(parser->err, "it stands outside of a loop"), NULL;
    return node && end_tag(parser) ? node : NULL;
}

static struct node *parse_tag(struct parser *parser)
{
    struct text word = parser->at->text;

    if (parser->at->kind != TOKEN_NAME) return parse_fail(parser, "the name of a tag"), NULL;
    parser->at++;
    if (text_is(word, "if")) return parse_if(parser);
    if (text_is(word, "for")) return parse_for(parser);
    if (text_is(word, "set")) return parse_set(parser);
    if (text_is(word, "macro")) return parse_macro(parser);
    if (text_is(word, "with")) return parse_with(parser);
    if (text_is(word, "filter")) return parse_scope(parser, true, "endfilter");
    if (text_is(word, "generation")) return parse_scope(parser, false, "endgeneration");
    if (text_is(word, "break")) return parse_jump(parser, NODE_BREAK);
    if (text_is(word, "continue")) return parse_jump(parser, NODE_CONTINUE);
    parser->at--;
    err_set(parser->err, "the tag '%.*s' is not supported here", (int)word.len, word.at);
    return NULL;
}

/* Behind '{{'. */
static struct node *parse_print(struct parser *parser)
{
    struct node *node = parse_node(parser, NODE_PRINT, parser->at->line);

    if (!node || !parse_adopt(parser, node, &node->left, parse_tuple(parser, false))) return NULL;
    if (parser->at->kind != TOKEN_PRINT_END) return parse_fail(parser, "'}}'"), NULL;
    parser->at++;
    return node;
}

static bool is_one_of(struct text word, const char *words)
{
    while (words && *words) {
        size_t len = strcspn(words, " ");

        if (len == word.len && memcmp(words, word.at, len) == 0) return true;
        words += len + (words[len] == ' ');
    }
    return false;
}

static struct node *parse_data(struct parser *parser)
{
    struct node *node = parse_node(parser, NODE_DATA, parser->at->line);

    if (node) node->value = datum_text(parser->at->text);
    parser->at++;
    return node;
}

bool parse_body(struct parser *parser, struct node **body, const char *words)
{
    struct node **end = body;

    if (!parse_enter(parser)) return false;
    while (parser->at->kind != TOKEN_END) {
        enum token_kind kind = parser->at->kind;

        if (kind == TOKEN_BLOCK_BEGIN && parser->at[1].kind == TOKEN_NAME &&
            is_one_of(parser->at[1].text, words)) {
            parser->at++;
            parser->depth--;
            return true;
        }
        if (kind != TOKEN_DATA) parser->at++;
        *end = kind == TOKEN_DATA          ? parse_data(parser)
               : kind == TOKEN_PRINT_BEGIN ? parse_print(parser)
                                           : parse_tag(parser);
        if (!*end) return false;
        end = &(*end)->next;
    }
    parser->depth--;
    if (!words) return true;
    words = strrchr(words, ' ') ? strrchr(words, ' ') + 1 : words;
    return err_set(parser->err, "'%s' is missing at the end", words);
}
