/* Expressions. */
#include "jinja/operators.h"
#include "jinja/run.h"
#include "jinja/show.h"

#include <string.h>

static bool eval_const(struct run *run, const struct node *node, struct datum *out)
{
    (void)run;
    *out = node->value;
    return true;
}

static bool eval_name(struct run *run, const struct node *node, struct datum *out)
{
    for (const struct frame *frame = run->frame; frame; frame = frame->parent) {
        if (frame->count > 8 && !work_spend(&run->work, 8 * frame->count)) return false;
        for (size_t i = 0; i < frame->count; i++)
            if (frame->at[i].name == node->name) return *out = frame->at[i].value, true;
    }
    *out = run->root[node->name];
    if (out->kind == DATUM_ABSENT) *out = datum_undefined(run->tree->names[node->name]);
    return true;
}

static bool eval_items(struct run *run, const struct node *node, struct datum *out)
{
    struct datum *at = work_take(&run->work, node->count * sizeof *at);
    size_t count = 0;

    if (!at) return false;
    for (const struct node *item = node->left; item; item = item->next)
        if (!eval(run, item, &at[count++])) return false;
    return datum_list(&run->work, node->kind == NODE_LIST ? DATUM_LIST : DATUM_TUPLE, at, count,
                      out);
}

static bool eval_dict(struct run *run, const struct node *node, struct datum *out)
{
    if (!datum_dict(&run->work, DATUM_DICT, node->count, out)) return false;
    for (const struct node *pair = node->left; pair; pair = pair->next) {
        struct datum key, value;

        if (!eval(run, pair->left, &key) || !eval(run, pair->right, &value) ||
            !dict_set(&run->work, out->dict, &key, &value))
            return false;
    }
    return true;
}

static bool eval_binary(struct run *run, const struct node *node, struct datum *out)
{
    struct datum left, right;

    return eval(run, node->left, &left) && eval(run, node->right, &right) &&
           operate(&run->work, node->sign, &left, &right, out);
}

static bool eval_negate(struct run *run, const struct node *node, struct datum *out)
{
    struct datum value;

    return eval(run, node->left, &value) && negate(&run->work, &value, out);
}

static bool eval_plus(struct run *run, const struct node *node, struct datum *out)
{
    struct datum value;

    if (!eval(run, node->left, &value)) return false;
    if (!datum_is_number(&value))
        return datum_demand(&run->work, &value) &&
               err_set(run->work.err, "'+' of %s", datum_name(&value));
    *out = value.kind == DATUM_BOOL ? datum_int(value.truth) : value;
    return true;
}

static bool eval_and(struct run *run, const struct node *node, struct datum *out)
{
    return eval(run, node->left, out) && (!datum_true(out) || eval(run, node->right, out));
}

static bool eval_or(struct run *run, const struct node *node, struct datum *out)
{
    return eval(run, node->left, out) && (datum_true(out) || eval(run, node->right, out));
}

static bool eval_not(struct run *run, const struct node *node, struct datum *out)
{
    struct datum value;

    if (!eval(run, node->left, &value)) return false;
    *out = datum_bool(!datum_true(&value));
    return true;
}

static bool compare(struct work *work, unsigned sign, const struct datum *a, const struct datum *b,
                    bool *holds)
{
    int order = 0;

    if (sign == SIGN_IN || sign == SIGN_NOT_IN) {
        if (!contains(work, b, a, holds)) return false;
        *holds = *holds == (sign == SIGN_IN);
        return true;
    }
    if (sign >> 8 == '=' && ((sign & 0xff) == '=' || (sign & 0xff) == '!')) {
        if (!datum_equal(work, a, b, holds)) return false;
        *holds = *holds == ((sign & 0xff) == '=');
        return true;
    }
    if (!datum_order(work, a, b, &order)) return false;
    *holds = (order < 0 && (sign & 0xff) == '<') || (order > 0 && (sign & 0xff) == '>') ||
             (order == 0 && sign >> 8 == '=');
    return true;
}

/* a < b < c is a < b and b < c. */
static bool eval_compare(struct run *run, const struct node *node, struct datum *out)
{
    struct datum left, right;
    bool holds = true;

    if (!eval(run, node->left, &left)) return false;
    for (const struct node *next = node->right; next && holds; next = next->next) {
        if (!eval(run, next->left, &right) ||
            !compare(&run->work, next->sign, &left, &right, &holds))
            return false;
        left = right;
    }
    *out = datum_bool(holds);
    return true;
}

static bool eval_concat(struct run *run, const struct node *node, struct datum *out)
{
    size_t count = 0, mark;
    struct datum *at;

    for (const struct node *part = node->left; part; part = part->next) count++;
    if (!(at = work_take(&run->work, count * sizeof *at))) return false;
    count = 0;
    for (const struct node *part = node->left; part; part = part->next)
        if (!eval(run, part, &at[count++])) return false;
    mark = run->work.out->len;
    for (size_t i = 0; i < count; i++)
        if (!show_value(&run->work, &at[i])) return false;
    return datum_pop(&run->work, mark, out);
}

static bool eval_choice(struct run *run, const struct node *node, struct datum *out)
{
    struct datum test;

    if (!eval(run, node->test, &test)) return false;
    if (datum_true(&test)) return eval(run, node->body, out);
    if (node->otherwise) return eval(run, node->otherwise, out);
    *out = datum_undefined(TEXT("the inline if without an else"));
    return true;
}

static bool eval_member(struct run *run, const struct node *node, struct datum *out)
{
    struct datum self;

    return eval(run, node->left, &self) && member_get(&run->work, &self, node->value.text, out);
}

static bool eval_item(struct run *run, const struct node *node, struct datum *out)
{
    struct datum self, key;

    return eval(run, node->left, &self) && eval(run, node->right, &key) &&
           item_get(&run->work, &self, &key, out);
}

static bool eval_slice(struct run *run, const struct node *node, struct datum *out)
{
    const struct node *const parts[3] = {node->right, node->test, node->body};
    struct datum self, bounds[3] = {{.kind = DATUM_ABSENT}};

    if (!eval(run, node->left, &self)) return false;
    for (size_t i = 0; i < 3; i++)
        if (parts[i] && !eval(run, parts[i], &bounds[i])) return false;
    return slice_get(&run->work, &self, bounds, out);
}

/* The arguments of a call as they are evaluated. */
struct arguments {
    struct datum *given;
    struct text *names;
    size_t count, room;
};

static bool add_argument(struct run *run, struct arguments *arguments, struct text name,
                         const struct datum *value)
{
    if (arguments->count == arguments->room)
        return err_set(run->work.err, "a call has more than %d arguments", TREE_ARGUMENTS);
    if (name.len == 0 && arguments->count > 0 && arguments->names[arguments->count - 1].len > 0)
        return err_set(run->work.err, "an argument without a name follows one with a name");
    arguments->names[arguments->count] = name;
    arguments->given[arguments->count++] = *value;
    return true;
}

/* One star spreads a list, two a dict. */
static bool spread(struct run *run, struct arguments *arguments, unsigned stars,
                   const struct datum *value)
{
    struct list items;

    if (stars == 2 && value->kind != DATUM_DICT)
        return err_set(run->work.err, "'**' before %s", datum_name(value));
    if (!datum_items(&run->work, value, &items)) return false;
    for (size_t i = 0; i < items.count; i++) {
        const struct datum *item = stars == 2 ? &value->dict->at[i].value : &items.at[i];
        struct text name = {NULL, 0};

        if (stars == 2 && items.at[i].kind != DATUM_TEXT)
            return err_set(run->work.err, "'**' before a dict with a key that is no string");
        if (stars == 2) name = items.at[i].text;
        if (!add_argument(run, arguments, name, item)) return false;
    }
    return true;
}

static bool eval_arguments(struct run *run, const struct node *node, struct call *call)
{
    struct arguments arguments = {.room = node->count};

    for (const struct node *one = node->right; one; one = one->next)
        if (one->sign) arguments.room = TREE_ARGUMENTS;
    arguments.given = work_take(&run->work, arguments.room * sizeof *arguments.given);
    arguments.names = work_take(&run->work, arguments.room * sizeof *arguments.names);
    if (!arguments.given || !arguments.names) return false;
    for (const struct node *one = node->right; one; one = one->next) {
        struct datum value;

        if (!eval(run, one->left, &value) ||
            !(one->sign ? spread(run, &arguments, one->sign, &value)
                        : add_argument(run, &arguments, one->value.text, &value)))
            return false;
    }
    call->given = arguments.given;
    call->names = arguments.names;
    call->count = arguments.count;
    return true;
}

static bool call_value(struct run *run, const struct datum *callee, struct call *call,
                       struct datum *out)
{
    switch (callee->kind) {
    case DATUM_MACRO:
        return run_call_macro(run, callee->macro, call->given, call->names, call->count, out);
    case DATUM_GLOBAL: return global_call(callee->global, call, out);
    case DATUM_METHOD:
        call->self = callee->bound->self;
        return method_call(callee->bound->method, call, out);
    default:
        return datum_demand(&run->work, callee) &&
               err_set(run->work.err, "%s cannot be called", datum_name(callee));
    }
}

static bool eval_call(struct run *run, const struct node *node, struct datum *out)
{
    struct call call = {.work = &run->work};
    const struct node *callee = node->left;
    const struct method *method = NULL;
    struct datum value;

    if (callee->kind == NODE_MEMBER) { /* a method need not be bound first */
        if (!eval(run, callee->left, &call.self)) return false;
        method = method_find(call.self.kind, callee->value.text);
        if (!method && !member_get(&run->work, &call.self, callee->value.text, &value))
            return false;
    } else if (!eval(run, callee, &value)) {
        return false;
    }
    if (!eval_arguments(run, node, &call)) return false;
    if (!method) return call_value(run, &value, &call, out);
    return method_call(method, &call, out);
}

bool eval_filter(struct run *run, const struct node *node, const struct datum *self,
                 struct datum *out)
{
    struct call call = {.work = &run->work, .self = *self};

    return eval_arguments(run, node, &call) && filter_call(node->filter, &call, out);
}

static bool eval_filter_node(struct run *run, const struct node *node, struct datum *out)
{
    struct datum self;

    return eval(run, node->left, &self) && eval_filter(run, node, &self, out);
}

static bool eval_test(struct run *run, const struct node *node, struct datum *out)
{
    struct call call = {.work = &run->work};
    bool holds = false;

    if (!eval(run, node->left, &call.self) || !eval_arguments(run, node, &call) ||
        !tester_call(node->tester, &call, &holds))
        return false;
    *out = datum_bool(holds);
    return true;
}

static bool (*const evaluators[])(struct run *, const struct node *, struct datum *) = {
    [NODE_CONST] = eval_const,
    [NODE_NAME] = eval_name,
    [NODE_LIST] = eval_items,
    [NODE_TUPLE] = eval_items,
    [NODE_DICT] = eval_dict,
    [NODE_BINARY] = eval_binary,
    [NODE_NEGATE] = eval_negate,
    [NODE_PLUS] = eval_plus,
    [NODE_AND] = eval_and,
    [NODE_OR] = eval_or,
    [NODE_NOT] = eval_not,
    [NODE_COMPARE] = eval_compare,
    [NODE_CONCAT] = eval_concat,
    [NODE_CHOICE] = eval_choice,
    [NODE_MEMBER] = eval_member,
    [NODE_ITEM] = eval_item,
    [NODE_SLICE] = eval_slice,
    [NODE_CALL] = eval_call,
    [NODE_FILTER] = eval_filter_node,
    [NODE_TEST] = eval_test,
};

bool eval(struct run *run, const struct node *node, struct datum *out)
{
    bool good;

    if (run->depth >= RUN_DEPTH)
        good = err_set(run->work.err, "it goes more than %d levels deep", RUN_DEPTH);
    else
        good = work_spend(&run->work, 0);
    run->depth++;
    good = good && evaluators[node->kind](run, node, out);
    run->depth--;
    if (!good && run->line == 0) run->line = node->line;
    return good;
}
