/* Expressions, from the loosest operator to the tightest. */
#include "jinja/parser.h"

#include <string.h>

static struct node *parse_pair(struct parser *parser, enum node_kind kind, unsigned sign,
                               struct node *left, struct node *right, uint32_t line)
{
    struct node *node = parse_node(parser, kind, line);

    if (!node) return NULL;
    node->sign = sign;
    if (!parse_adopt(parser, node, &node->left, left)) return NULL;
    return !right || parse_adopt(parser, node, &node->right, right) ? node : NULL;
}

/* Operands joined by any of signs (pairs of characters), from left to right. */
static struct node *parse_chain(struct parser *parser, const char *signs,
                                struct node *(*operand)(struct parser *))
{
    struct node *left = operand(parser);

    while (left && parser->at->kind == TOKEN_SIGN) {
        unsigned sign = parser->at->sign;
        uint32_t line = parser->at->line;
        const char *row = signs;
        struct node *right;

        while (*row && SIGN(row[0], row[1] == ' ' ? 0 : row[1]) != sign) row += 2;
        if (!*row) break;
        parser->at++;
        right = operand(parser);
        left = right ? parse_pair(parser, NODE_BINARY, sign, left, right, line) : NULL;
    }
    return left;
}

static struct node *parse_operand(struct parser *parser)
{
    return parse_unary(parser, true);
}

static struct node *parse_power(struct parser *parser)
{
    return parse_chain(parser, "**", parse_operand);
}

static struct node *parse_product(struct parser *parser)
{
    return parse_chain(parser, "* / //% ", parse_power);
}

static struct node *parse_concat(struct parser *parser)
{
    struct node *node = NULL, *first = parse_product(parser), **end;

    if (!first || !parse_sees(parser, SIGN('~', 0))) return first;
    node = parse_node(parser, NODE_CONCAT, parser->at->line);
    if (!node || !parse_adopt(parser, node, &node->left, first)) return NULL;
    end = &first->next;
    while (parse_skip(parser, SIGN('~', 0))) {
        if (!parse_adopt(parser, node, end, parse_product(parser))) return NULL;
        end = &(*end)->next;
    }
    return node;
}

static struct node *parse_sum(struct parser *parser)
{
    return parse_chain(parser, "+ - ", parse_concat);
}

/* The comparison that stands here, which is passed; 0 for none. */
static unsigned take_comparison(struct parser *parser)
{
    static const char signs[] = "==!=< > <=>=";

    if (parser->at->kind == TOKEN_SIGN) {
        for (const char *row = signs; *row; row += 2)
            if (parse_skip(parser, SIGN(row[0], row[1] == ' ' ? 0 : row[1])))
                return parser->at[-1].sign;
        return 0;
    }
    if (parse_skip_word(parser, "in")) return SIGN_IN;
    if (parse_sees_word(parser, "not") && parser->at[1].kind == TOKEN_NAME &&
        text_is(parser->at[1].text, "in"))
        return parser->at += 2, SIGN_NOT_IN;
    return 0;
}

static struct node *parse_compare(struct parser *parser)
{
    struct node *first = parse_sum(parser), *node = NULL, **end = NULL;
    uint32_t line = parser->at->line;
    unsigned sign;

    while (first && (sign = take_comparison(parser))) {
        struct node *operand = parse_sum(parser);

        operand = operand ? parse_pair(parser, NODE_OPERAND, sign, operand, NULL, line) : NULL;
        if (!operand) return NULL;
        if (!node) {
            node = parse_pair(parser, NODE_COMPARE, 0, first, NULL, line);
            if (!node) return NULL;
            end = &node->right;
        }
        if (!parse_adopt(parser, node, end, operand)) return NULL;
        end = &operand->next;
    }
    return node ? node : first;
}

static struct node *parse_not(struct parser *parser)
{
    uint32_t line = parser->at->line;
    struct node *node;

    if (!parse_skip_word(parser, "not")) return parse_compare(parser);
    if (!parse_enter(parser)) return NULL;
    node = parse_not(parser);
    parser->depth--;
    return node ? parse_pair(parser, NODE_NOT, 0, node, NULL, line) : NULL;
}

static struct node *parse_and(struct parser *parser)
{
    struct node *left = parse_not(parser);

    while (left && parse_skip_word(parser, "and")) {
        uint32_t line = parser->at->line;
        struct node *right = parse_not(parser);

        left = right ? parse_pair(parser, NODE_AND, 0, left, right, line) : NULL;
    }
    return left;
}

struct node *parse_expression_plain(struct parser *parser)
{
    struct node *left;

    if (!parse_enter(parser)) return NULL;
    left = parse_and(parser);
    while (left && parse_skip_word(parser, "or")) {
        uint32_t line = parser->at->line;
        struct node *right = parse_and(parser);

        left = right ? parse_pair(parser, NODE_OR, 0, left, right, line) : NULL;
    }
    parser->depth--;
    return left;
}

struct node *parse_expression(struct parser *parser)
{
    struct node *body, *node;

    if (!parse_enter(parser)) return NULL;
    body = parse_expression_plain(parser);
    while (body && parse_skip_word(parser, "if")) {
        node = parse_node(parser, NODE_CHOICE, parser->at->line);
        if (!node || !parse_adopt(parser, node, &node->body, body) ||
            !parse_adopt(parser, node, &node->test, parse_expression_plain(parser)))
            return NULL;
        if (parse_skip_word(parser, "else") &&
            !parse_adopt(parser, node, &node->otherwise, parse_expression(parser)))
            return NULL;
        body = node;
    }
    parser->depth--;
    return body;
}

static bool ends_tuple(const struct parser *parser)
{
    enum token_kind kind = parser->at->kind;

    return kind == TOKEN_BLOCK_END || kind == TOKEN_PRINT_END || parse_sees(parser, SIGN(')', 0)) ||
           parse_sees_word(parser, "in");
}

/* Items parted by commas, each read by item. */
static struct node *parse_items(struct parser *parser, struct node *(*item)(struct parser *),
                                bool empty)
{
    uint32_t line = parser->at->line;
    struct node *first = NULL, *node = NULL, **end;

    if (empty && parse_sees(parser, SIGN(')', 0))) return parse_node(parser, NODE_TUPLE, line);
    first = item(parser);
    if (!first || !parse_sees(parser, SIGN(',', 0))) return first;
    node = parse_node(parser, NODE_TUPLE, line);
    if (!node || !parse_adopt(parser, node, &node->left, first)) return NULL;
    node->count = 1;
    end = &first->next;
    while (parse_skip(parser, SIGN(',', 0)) && !ends_tuple(parser)) {
        if (node->count == UINT16_MAX) return err_set(parser->err, "a tuple is too long"), NULL;
        node->count++;
        if (!parse_adopt(parser, node, end, item(parser))) return NULL;
        end = &(*end)->next;
    }
    return node;
}

struct node *parse_tuple(struct parser *parser, bool plain)
{
    return parse_items(parser, plain ? parse_expression_plain : parse_expression, false);
}

static struct node *parse_target_item(struct parser *parser)
{
    struct node *node;

    if (parse_skip(parser, SIGN('(', 0))) {
        if (!parse_enter(parser)) return NULL;
        node = parse_target(parser);
        parser->depth--;
        return node && parse_expect(parser, SIGN(')', 0)) ? node : NULL;
    }
    if (parser->at->kind != TOKEN_NAME) return parse_fail(parser, "a name"), NULL;
    node = parse_primary(parser);
    if (node && node->kind != NODE_NAME)
        return err_set(parser->err, "a constant cannot be assigned to"), NULL;
    return node;
}

struct node *parse_target(struct parser *parser)
{
    return parse_items(parser, parse_target_item, false);
}

/* --- From here on: what operators stand between. */

static struct node *constant(struct parser *parser, struct datum value)
{
    struct node *node = parse_node(parser, NODE_CONST, parser->at->line);

    if (node) node->value = value;
    parser->at++;
    return node;
}

static struct node *parse_word(struct parser *parser)
{
    struct text word = parser->at->text;
    struct node *node;

    if (text_is(word, "true") || text_is(word, "True")) return constant(parser, datum_bool(true));
    if (text_is(word, "false") || text_is(word, "False"))
        return constant(parser, datum_bool(false));
    if (text_is(word, "none") || text_is(word, "None"))
        return constant(parser, (struct datum){.kind = DATUM_NONE});
    if (parser->in_macro &&
        (text_is(word, "varargs") || text_is(word, "kwargs") || text_is(word, "caller")))
        return err_set(parser->err, "'%.*s' of a macro is not supported", (int)word.len, word.at),
               NULL;
    if (!global_find(word) && (text_is(word, "lipsum") || text_is(word, "cycler") ||
                               text_is(word, "joiner") || text_is(word, "self")))
        return err_set(parser->err, "'%.*s' is not supported", (int)word.len, word.at), NULL;
    node = parse_node(parser, NODE_NAME, parser->at->line);
    if (!node || !parse_name(parser, word, &node->name)) return NULL;
    parser->at++;
    return node;
}

/* Strings side by side are one. */
static struct node *parse_string(struct parser *parser)
{
    const struct token *first = parser->at;
    size_t len = 0;
    char *at;
    struct node *node;

    if (first[1].kind != TOKEN_STRING) return constant(parser, datum_text(first->text));
    for (const struct token *token = first; token->kind == TOKEN_STRING; token++)
        len += token->text.len;
    if (!(at = arena_take(&parser->tree->arena, len + 1)))
        return err_set(parser->err, "the template is too large"), NULL;
    node = constant(parser, datum_text((struct text){at, len}));
    for (const struct token *token = first; token->kind == TOKEN_STRING; token++) {
        memcpy(at, token->text.at, token->text.len);
        at += token->text.len;
        parser->at = token + 1;
    }
    return node;
}

static struct node *parse_list(struct parser *parser)
{
    struct node *node = parse_node(parser, NODE_LIST, parser->at++->line), **end;

    if (!node) return NULL;
    end = &node->left;
    while (!parse_sees(parser, SIGN(']', 0))) {
        if (node->count++ > 0 && !parse_expect(parser, SIGN(',', 0))) return NULL;
        if (node->count == UINT16_MAX) return err_set(parser->err, "a list is too long"), NULL;
        if (parse_sees(parser, SIGN(']', 0)) && node->count-- > 1) break;
        if (!parse_adopt(parser, node, end, parse_expression(parser))) return NULL;
        end = &(*end)->next;
    }
    parser->at++;
    return node;
}

static struct node *parse_dict(struct parser *parser)
{
    struct node *node = parse_node(parser, NODE_DICT, parser->at++->line), **end;

    if (!node) return NULL;
    end = &node->left;
    while (!parse_sees(parser, SIGN('}', 0))) {
        struct node *pair = parse_node(parser, NODE_PAIR, parser->at->line);

        if (node->count++ > 0 && !parse_expect(parser, SIGN(',', 0))) return NULL;
        if (node->count == UINT16_MAX) return err_set(parser->err, "a dict is too long"), NULL;
        if (parse_sees(parser, SIGN('}', 0)) && node->count-- > 1) break;
        if (!pair || !parse_adopt(parser, pair, &pair->left, parse_expression(parser)) ||
            !parse_expect(parser, SIGN(':', 0)) ||
            !parse_adopt(parser, pair, &pair->right, parse_expression(parser)) ||
            !parse_adopt(parser, node, end, pair))
            return NULL;
        end = &pair->next;
    }
    parser->at++;
    return node;
}

struct node *parse_primary(struct parser *parser)
{
    struct node *node;

    switch (parser->at->kind) {
    case TOKEN_NAME: return parse_word(parser);
    case TOKEN_STRING: return parse_string(parser);
    case TOKEN_INT: return constant(parser, datum_int(parser->at->whole));
    case TOKEN_FLOAT: return constant(parser, datum_float(parser->at->real));
    default: break;
    }
    if (parse_sees(parser, SIGN('[', 0))) return parse_list(parser);
    if (parse_sees(parser, SIGN('{', 0))) return parse_dict(parser);
    if (!parse_skip(parser, SIGN('(', 0))) return parse_fail(parser, "an expression"), NULL;
    node = parse_items(parser, parse_expression, true);
    return node && parse_expect(parser, SIGN(')', 0)) ? node : NULL;
}
