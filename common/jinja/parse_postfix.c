/* What follows an operand: members, items, slices, calls, filters, tests. */
#include "jinja/parser.h"

#include <string.h>

static struct node *refuse(struct parser *parser, const char *what, struct text name)
{
    err_set(parser->err, "the %s '%.*s' is not supported", what, (int)name.len, name.at);
    return NULL;
}

static bool parse_argument(struct parser *parser, struct node *call, struct node **end, bool *named)
{
    struct node *argument;
    struct text name = {NULL, 0};

    unsigned stars = parse_skip(parser, SIGN('*', 0))     ? 1
                     : parse_skip(parser, SIGN('*', '*')) ? 2
                                                          : 0;

    if (parser->at->kind == TOKEN_NAME && parser->at[1].kind == TOKEN_SIGN &&
        parser->at[1].sign == SIGN('=', 0)) {
        name = parser->at->text;
        parser->at += 2;
    } else if (*named && stars == 0) {
        return err_set(parser->err, "an argument without a name follows one with a name");
    }
    *named = *named || name.len > 0;
    argument = parse_node(parser, NODE_PAIR, parser->at->line);
    if (!argument) return false;
    argument->value = datum_text(name);
    argument->sign = stars;
    return parse_adopt(parser, argument, &argument->left, parse_expression(parser)) &&
           parse_adopt(parser, call, end, argument);
}

/* The arguments in brackets, if a bracket stands here, to call->right. */
static bool parse_arguments(struct parser *parser, struct node *call)
{
    struct node **end = &call->right;
    bool named = false;

    if (!parse_skip(parser, SIGN('(', 0))) return true;
    while (!parse_sees(parser, SIGN(')', 0))) {
        if (call->count > 0 && !parse_expect(parser, SIGN(',', 0))) return false;
        if (call->count > 0 && parse_sees(parser, SIGN(')', 0))) break;
        if (call->count == TREE_ARGUMENTS)
            return err_set(parser->err, "a call has more than %d arguments", TREE_ARGUMENTS);
        if (!parse_argument(parser, call, end, &named)) return false;
        call->count++;
        end = &(*end)->next;
    }
    parser->at++;
    return true;
}

static struct node *parse_call(struct parser *parser, struct node *callee)
{
    struct node *node = parse_node(parser, NODE_CALL, parser->at->line);

    return node && parse_adopt(parser, node, &node->left, callee) && parse_arguments(parser, node)
               ? node
               : NULL;
}

static struct node *parse_member(struct parser *parser, struct node *object)
{
    struct node *node = parse_node(parser, NODE_MEMBER, parser->at->line), *index;
    const struct token *token = parser->at;

    if (!node) return NULL;
    if (token->kind == TOKEN_INT) {
        node->kind = NODE_ITEM;
        index = parse_primary(parser);
        return parse_adopt(parser, node, &node->left, object) &&
                       parse_adopt(parser, node, &node->right, index)
                   ? node
                   : NULL;
    }
    if (token->kind != TOKEN_NAME) return parse_fail(parser, "a name"), NULL;
    if (token->text.len > 1 && token->text.at[0] == '_' && token->text.at[1] == '_')
        return refuse(parser, "member", token->text);
    node->value = datum_text(token->text);
    parser->at++;
    return parse_adopt(parser, node, &node->left, object) ? node : NULL;
}

/* One of the three parts of a slice, which may be left out. */
static bool parse_part(struct parser *parser, struct node *node, struct node **part)
{
    if (parse_sees(parser, SIGN(':', 0)) || parse_sees(parser, SIGN(']', 0))) return true;
    return parse_adopt(parser, node, part, parse_expression(parser));
}

static struct node *parse_item(struct parser *parser, struct node *object)
{
    struct node *node = parse_node(parser, NODE_ITEM, parser->at->line);

    if (!node || !parse_adopt(parser, node, &node->left, object) ||
        !parse_part(parser, node, &node->right))
        return NULL;
    if (parse_skip(parser, SIGN(':', 0))) {
        node->kind = NODE_SLICE;
        if (!parse_part(parser, node, &node->test)) return NULL;
        if (parse_skip(parser, SIGN(':', 0)) && !parse_part(parser, node, &node->body)) return NULL;
    } else if (!node->right) {
        return parse_fail(parser, "an expression"), NULL;
    }
    return parse_expect(parser, SIGN(']', 0)) ? node : NULL;
}

static struct node *parse_postfix(struct parser *parser, struct node *node)
{
    while (node) {
        if (parse_skip(parser, SIGN('.', 0)))
            node = parse_member(parser, node);
        else if (parse_skip(parser, SIGN('[', 0)))
            node = parse_item(parser, node);
        else if (parse_sees(parser, SIGN('(', 0)))
            node = parse_call(parser, node);
        else
            break;
    }
    return node;
}

static bool take_name(struct parser *parser, struct text *name)
{
    if (parser->at->kind != TOKEN_NAME) return parse_fail(parser, "a name");
    *name = parser->at++->text;
    if (parse_sees(parser, SIGN('.', 0)))
        return err_set(parser->err, "a name with a dot is not supported here");
    return true;
}

/* Behind the bar; object is NULL for the text of a block. */
static struct node *parse_filter(struct parser *parser, struct node *object)
{
    struct node *node = parse_node(parser, NODE_FILTER, parser->at->line);
    struct text name = {NULL, 0};

    if (!node || !take_name(parser, &name)) return NULL;
    node->filter = filter_find(name);
    if (!node->filter) return refuse(parser, "filter", name);
    if (object && !parse_adopt(parser, node, &node->left, object)) return NULL;
    return parse_arguments(parser, node) ? node : NULL;
}

/* A test takes what follows it as its argument, without brackets too. */
static bool parse_test_arguments(struct parser *parser, struct node *node)
{
    enum token_kind kind = parser->at->kind;
    struct node *argument;

    if (parse_sees(parser, SIGN('(', 0))) return parse_arguments(parser, node);
    if (kind != TOKEN_NAME && kind != TOKEN_STRING && kind != TOKEN_INT && kind != TOKEN_FLOAT &&
        !parse_sees(parser, SIGN('[', 0)) && !parse_sees(parser, SIGN('{', 0)))
        return true;
    if (parse_sees_word(parser, "else") || parse_sees_word(parser, "or") ||
        parse_sees_word(parser, "and"))
        return true;
    if (parse_sees_word(parser, "is")) return err_set(parser->err, "two tests in a row");
    argument = parse_node(parser, NODE_PAIR, parser->at->line);
    if (!argument) return false;
    argument->value = datum_text((struct text){NULL, 0});
    node->count = 1;
    return parse_adopt(parser, argument, &argument->left,
                       parse_postfix(parser, parse_primary(parser))) &&
           parse_adopt(parser, node, &node->right, argument);
}

static struct node *parse_test(struct parser *parser, struct node *object)
{
    struct node *node = parse_node(parser, NODE_TEST, parser->at->line), *not_node;
    bool negated = parse_skip_word(parser, "not");
    struct text name = {NULL, 0};

    if (!node || !take_name(parser, &name)) return NULL;
    node->tester = tester_find(name);
    if (!node->tester) return refuse(parser, "test", name);
    if (!parse_adopt(parser, node, &node->left, object) || !parse_test_arguments(parser, node))
        return NULL;
    if (node->right && node->right->sign)
        return err_set(parser->err, "'*' before an argument of a test is not supported"), NULL;
    if (node->count != node->tester->arguments)
        return err_set(parser->err, "the test '%s' takes %zu arguments, not %u", node->tester->name,
                       node->tester->arguments, node->count),
               NULL;
    if (!negated) return node;
    not_node = parse_node(parser, NODE_NOT, node->line);
    return not_node && parse_adopt(parser, not_node, &not_node->left, node) ? not_node : NULL;
}

static struct node *parse_filter_chain(struct parser *parser, struct node *node)
{
    while (node) {
        if (parse_skip(parser, SIGN('|', 0)))
            node = parse_filter(parser, node);
        else if (parse_skip_word(parser, "is"))
            node = parse_test(parser, node);
        else if (parse_sees(parser, SIGN('(', 0)))
            node = parse_call(parser, node);
        else
            break;
    }
    return node;
}

struct node *parse_filters(struct parser *parser, bool first)
{
    struct node *node = NULL;

    if (first && !(node = parse_filter(parser, NULL))) return NULL;
    while (parse_skip(parser, SIGN('|', 0)))
        if (!(node = parse_filter(parser, node))) return NULL;
    return node;
}

struct node *parse_unary(struct parser *parser, bool filters)
{
    bool minus = parse_sees(parser, SIGN('-', 0)), plus = parse_sees(parser, SIGN('+', 0));
    struct node *node;

    if (minus || plus) {
        struct node *sign = parse_node(parser, minus ? NODE_NEGATE : NODE_PLUS, parser->at++->line);

        if (!sign || !parse_enter(parser)) return NULL;
        node = parse_adopt(parser, sign, &sign->left, parse_unary(parser, false)) ? sign : NULL;
        parser->depth--;
    } else {
        node = parse_primary(parser);
    }
    node = parse_postfix(parser, node);
    return filters ? parse_filter_chain(parser, node) : node;
}
