/* Private to parse.c and the other parse_*.c. */
#ifndef JINJA_PARSER_H
#define JINJA_PARSER_H

#include "jinja/lex.h"
#include "jinja/parse.h"

struct parser {
    struct syntax *tree;
    const struct token *at;
    uint32_t *slots; /* names by their hash: number + 1, or 0 */
    size_t slot_count, name_room;
    unsigned depth, loops;
    bool in_macro;
    struct err *err;
};

/* All that return a node return NULL with err. */
struct node *parse_node(struct parser *parser, enum node_kind kind, uint32_t line);

/* Counts the tree's depth: child becomes a part of node. NULL child: false. */
bool parse_adopt(struct parser *parser, struct node *node, struct node **part, struct node *child);
bool parse_name(struct parser *parser, struct text name, uint32_t *number);
bool parse_enter(struct parser *parser); /* one level deeper; leave with depth-- */

struct node *parse_expression(struct parser *parser);
struct node *parse_expression_plain(struct parser *parser); /* without 'x if y else z' */

/* 'a, b' as a tuple, one alone as itself. */
struct node *parse_tuple(struct parser *parser, bool plain);
struct node *parse_primary(struct parser *parser);

/* An operand with its sign, and what follows it: members, items, calls, filters, tests. */
struct node *parse_unary(struct parser *parser, bool filters);
struct node *parse_target(struct parser *parser);              /* of for: 'a', 'a, b', '(a, b)' */
struct node *parse_filters(struct parser *parser, bool first); /* behind 'filter', 'set x |' */

/* Statements up to a tag that begins with one of the words (parted by blanks), which is
 * left as the next token but its '{%'; words NULL: to the end of the template. */
bool parse_body(struct parser *parser, struct node **body, const char *words);

/* Finds tree->late. */
bool parse_scopes(struct parser *parser);

bool parse_sees(const struct parser *parser, unsigned sign);
bool parse_sees_word(const struct parser *parser, const char *word);
bool parse_skip(struct parser *parser, unsigned sign);
bool parse_skip_word(struct parser *parser, const char *word);
bool parse_expect(struct parser *parser, unsigned sign);     /* or err */
bool parse_fail(struct parser *parser, const char *awaited); /* 'X where Y is awaited' */

#endif
