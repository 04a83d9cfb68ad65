/* A parsed template: a tree of nodes in an arena, read-only once it stands. */
#ifndef JINJA_TREE_H
#define JINJA_TREE_H

#include "jinja/datum.h"
#include "jinja/library.h"

#define TREE_DEPTH 200
#define TREE_ARGUMENTS 32

enum node_kind {
    /* Expressions. A list's items and a call's arguments are chained by next. */
    NODE_CONST,   /* value */
    NODE_NAME,    /* name */
    NODE_LIST,    /* items in left */
    NODE_TUPLE,   /* the same */
    NODE_DICT,    /* left: NODE_PAIRs */
    NODE_PAIR,    /* left: right */
    NODE_BINARY,  /* left sign right */
    NODE_NEGATE,  /* left */
    NODE_PLUS,    /* left */
    NODE_AND,     /* left, right */
    NODE_OR,      /* left, right */
    NODE_NOT,     /* left */
    NODE_COMPARE, /* left, then a chain of NODE_OPERANDs in right */
    NODE_OPERAND, /* sign (or IN, NOT IN) left */
    NODE_CONCAT,  /* left: what ~ joins */
    NODE_CHOICE,  /* body if test else otherwise (or NULL) */
    NODE_MEMBER,  /* left.value */
    NODE_ITEM,    /* left[right] */
    NODE_SLICE,   /* left[right:test:body], each of the three or NULL */
    NODE_CALL,    /* left(right): NODE_PAIRs with the name in value, the stars in sign */
    NODE_FILTER,  /* left|filter(right); left is NULL for the text of a block */
    NODE_TEST,    /* left is test(right) */
    /* Statements, chained by next. */
    NODE_DATA,      /* value: text */
    NODE_PRINT,     /* left */
    NODE_IF,        /* test body otherwise */
    NODE_FOR,       /* left: target, right: what is walked, test, body, otherwise */
    NODE_SET,       /* left = right */
    NODE_SET_TEXT,  /* left = body, through the filters in right (or NULL) */
    NODE_MACRO,     /* name, left: NODE_PARAMETERs, body */
    NODE_PARAMETER, /* name, left: default or NULL */
    NODE_BLOCK,     /* body in a scope of its own, through the filters in left (or NULL) */
    NODE_WITH,      /* left: NODE_SETs done in a scope of its own, body */
    NODE_BREAK,
    NODE_CONTINUE
};

#define SIGN_IN 1
#define SIGN_NOT_IN 2

struct node {
    enum node_kind kind;
    unsigned sign;
    uint16_t depth; /* of the tree below it */
    uint16_t count;
    uint32_t line, name;
    struct node *left, *right, *test, *body, *otherwise, *next;
    union {
        struct datum value;
        const struct filter *filter;
        const struct tester *tester;
    };
};

struct syntax {
    struct arena arena;
    struct node *body;
    struct text *names; /* by number */
    uint32_t name_count;
    const bool *late; /* by the number of a name: see parse_scope.c */
    uint32_t loop;    /* the number of the name 'loop', or UINT32_MAX */
};

#endif
