/* Statements. */
#include "jinja/run.h"

#include "jinja/operators.h"
#include "jinja/parse.h"
#include "jinja/show.h"

#include <string.h>

enum after { AFTER_FAILED, AFTER_NEXT, AFTER_BREAK, AFTER_CONTINUE };

static enum after run_body(struct run *run, const struct node *node);

static struct frame *push_frame(struct run *run)
{
    struct frame *frame = work_take(&run->work, sizeof *frame);

    if (!frame) return NULL;
    *frame = (struct frame){.parent = run->frame};
    return run->frame = frame;
}

static bool set_name(struct run *run, uint32_t name, const struct datum *value)
{
    struct frame *frame = run->frame;

    if (!frame) return run->root[name] = *value, true;
    if (!work_spend(&run->work, 8 * frame->count)) return false;
    for (size_t i = 0; i < frame->count; i++)
        if (frame->at[i].name == name) return frame->at[i].value = *value, true;
    if (frame->count == frame->room) {
        size_t room = frame->room ? 2 * frame->room : 4;
        struct binding *more = work_take(&run->work, room * sizeof *more);

        if (!more) return false;
        if (frame->count > 0) memcpy(more, frame->at, frame->count * sizeof *more);
        frame->at = more;
        frame->room = room;
    }
    frame->at[frame->count++] = (struct binding){name, *value};
    return true;
}

static bool assign(struct run *run, const struct node *target, const struct datum *value);

static bool assign_each(struct run *run, const struct node *target, const struct datum *value)
{
    struct list items;
    size_t i = 0, wanted = target->count;

    if (!datum_demand(&run->work, value) || !datum_items(&run->work, value, &items)) return false;
    if (items.count != wanted)
        return err_set(run->work.err, "%zu values for %zu names", items.count, wanted);
    for (const struct node *one = target->left; one; one = one->next)
        if (!assign(run, one, &items.at[i++])) return false;
    return true;
}

static bool assign_member(struct run *run, const struct node *target, const struct datum *value)
{
    struct datum box;

    if (!eval(run, target->left, &box)) return false;
    if (box.kind != DATUM_NAMESPACE)
        return datum_demand(&run->work, &box) &&
               err_set(run->work.err, "only a namespace has members to set, not %s",
                       datum_name(&box));
    return dict_set(&run->work, box.dict, &target->value, value);
}

static bool assign(struct run *run, const struct node *target, const struct datum *value)
{
    if (target->kind == NODE_NAME) return set_name(run, target->name, value);
    if (target->kind == NODE_TUPLE) return assign_each(run, target, value);
    return assign_member(run, target, value);
}

/* Through the filters of a block, the innermost of which has no operand. */
static bool pass_filters(struct run *run, const struct node *filter, struct datum *value)
{
    const struct node *chain[TREE_DEPTH + 1];
    size_t count = 0;

    for (; filter; filter = filter->left) chain[count++] = filter;
    while (count > 0) {
        struct datum self = *value;

        if (!eval_filter(run, chain[--count], &self, value)) return false;
    }
    return true;
}

/* The text of a body, in a frame of its own. */
static enum after capture(struct run *run, const struct node *body, const struct node *filters,
                          struct datum *out)
{
    struct frame *outer = run->frame;
    size_t mark = run->work.out->len;
    enum after after;

    if (!push_frame(run)) return AFTER_FAILED;
    after = run_body(run, body);
    run->frame = outer;
    if (after == AFTER_FAILED || !datum_pop(&run->work, mark, out) ||
        !pass_filters(run, filters, out))
        return AFTER_FAILED;
    return after;
}

static enum after run_print(struct run *run, const struct node *node)
{
    struct datum value;

    if (!eval(run, node->left, &value) || !show_value(&run->work, &value)) return AFTER_FAILED;
    return AFTER_NEXT;
}

static enum after run_data(struct run *run, const struct node *node)
{
    bool good = work_add(&run->work, node->value.text.at, node->value.text.len);

    return good ? AFTER_NEXT : AFTER_FAILED;
}

static enum after run_if(struct run *run, const struct node *node)
{
    struct datum test;

    for (;;) {
        if (!eval(run, node->test, &test)) return AFTER_FAILED;
        if (datum_true(&test)) return run_body(run, node->body);
        node = node->otherwise;
        if (!node || node->kind != NODE_IF || node->next) return run_body(run, node);
    }
}

static enum after run_set(struct run *run, const struct node *node)
{
    struct datum value;

    if (!eval(run, node->right, &value) || !assign(run, node->left, &value)) return AFTER_FAILED;
    return AFTER_NEXT;
}

static enum after run_set_text(struct run *run, const struct node *node)
{
    struct datum value;
    enum after after = capture(run, node->body, node->right, &value);

    if (after == AFTER_NEXT && !assign(run, node->left, &value)) return AFTER_FAILED;
    return after;
}

static enum after run_block(struct run *run, const struct node *node)
{
    struct frame *outer = run->frame;
    struct datum value;
    enum after after;

    if (node->left) {
        after = capture(run, node->body, node->left, &value);
        return after == AFTER_NEXT && !show_value(&run->work, &value) ? AFTER_FAILED : after;
    }
    if (!push_frame(run)) return AFTER_FAILED;
    after = run_body(run, node->body);
    run->frame = outer;
    return after;
}

/* The values are found before any of the names is set. */
static enum after run_with(struct run *run, const struct node *node)
{
    struct frame *outer = run->frame;
    struct datum *values;
    size_t count = 0;
    enum after after = AFTER_NEXT;

    for (const struct node *set = node->left; set; set = set->next) count++;
    if (!(values = work_take(&run->work, count * sizeof *values))) return AFTER_FAILED;
    count = 0;
    for (const struct node *set = node->left; set; set = set->next)
        if (!eval(run, set->right, &values[count++])) return AFTER_FAILED;
    if (!push_frame(run)) return AFTER_FAILED;
    count = 0;
    for (const struct node *set = node->left; set && after == AFTER_NEXT; set = set->next)
        if (!assign(run, set->left, &values[count++])) after = AFTER_FAILED;
    if (after == AFTER_NEXT) after = run_body(run, node->body);
    run->frame = outer;
    return after;
}

/* The items that pass the loop's own 'if'; 'loop' is not seen by it. */
static bool filter_items(struct run *run, const struct node *node, struct list *items)
{
    struct datum *kept = work_take(&run->work, items->count * sizeof *kept), test;
    size_t count = 0;

    if (!kept) return false;
    for (size_t i = 0; i < items->count; i++) {
        run->frame->count = 0;
        if (!assign(run, node->left, &items->at[i]) || !eval(run, node->test, &test)) return false;
        if (datum_true(&test)) kept[count++] = items->at[i];
    }
    *items = (struct list){kept, count, 0};
    return true;
}

/* The else of a loop is for the one of which no turn came to its end, be it by a break. */
static enum after run_turns(struct run *run, const struct node *node, struct loop *loop)
{
    const struct datum shown = {.kind = DATUM_LOOP, .loop = loop};
    uint32_t name = run->tree->loop;
    bool finished = false;

    for (; loop->index < loop->items.count; loop->index++) {
        enum after after;

        run->frame->count = 0;
        if (!work_spend(&run->work, 0) || (name != UINT32_MAX && !set_name(run, name, &shown)) ||
            !assign(run, node->left, &loop->items.at[loop->index]))
            return AFTER_FAILED;
        after = run_body(run, node->body);
        if (after == AFTER_FAILED) return after;
        if (after == AFTER_BREAK) break;
        finished = finished || after == AFTER_NEXT;
    }
    run->frame->count = 0;
    return finished ? AFTER_NEXT : run_body(run, node->otherwise);
}

static enum after run_for(struct run *run, const struct node *node)
{
    struct frame *outer = run->frame;
    enum after after = AFTER_FAILED;
    struct datum walked;
    struct loop *loop;

    if (!eval(run, node->right, &walked) || !(loop = work_take(&run->work, sizeof *loop)) ||
        !push_frame(run))
        return AFTER_FAILED;
    *loop = (struct loop){.seen = {.kind = DATUM_ABSENT}};
    if (datum_items(&run->work, &walked, &loop->items) &&
        (!node->test || filter_items(run, node, &loop->items)))
        after = run_turns(run, node, loop);
    run->frame = outer;
    return after;
}

static enum after run_macro(struct run *run, const struct node *node)
{
    struct macro *macro = work_take(&run->work, sizeof *macro);
    struct datum value = {.kind = DATUM_MACRO, .macro = macro};

    if (!macro) return AFTER_FAILED;
    *macro = (struct macro){node, run->frame};
    return set_name(run, node->name, &value) ? AFTER_NEXT : AFTER_FAILED;
}

static enum after run_one(struct run *run, const struct node *node)
{
    switch (node->kind) {
    case NODE_DATA: return run_data(run, node);
    case NODE_PRINT: return run_print(run, node);
    case NODE_IF: return run_if(run, node);
    case NODE_FOR: return run_for(run, node);
    case NODE_SET: return run_set(run, node);
    case NODE_SET_TEXT: return run_set_text(run, node);
    case NODE_MACRO: return run_macro(run, node);
    case NODE_BLOCK: return run_block(run, node);
    case NODE_WITH: return run_with(run, node);
    case NODE_BREAK: return AFTER_BREAK;
    default: return AFTER_CONTINUE;
    }
}

static enum after run_body(struct run *run, const struct node *node)
{
    enum after after = AFTER_NEXT;

    if (run->depth >= RUN_DEPTH) {
        err_set(run->work.err, "it goes more than %d levels deep", RUN_DEPTH);
        return AFTER_FAILED;
    }
    run->depth++;
    for (; node && after == AFTER_NEXT; node = node->next) {
        after = work_spend(&run->work, 0) ? run_one(run, node) : AFTER_FAILED;
        if (after == AFTER_FAILED && run->line == 0) run->line = node->line;
    }
    run->depth--;
    return after;
}

/* Gives each parameter its argument, or its default. */
static bool bind_parameters(struct run *run, const struct macro *macro, const struct datum *given,
                            const struct text *names, size_t count)
{
    size_t i = 0, used = 0;

    for (const struct node *one = macro->node->left; one; one = one->next, i++) {
        struct text name = run->tree->names[one->name];
        struct datum value = datum_undefined(name);
        bool found = false;

        for (size_t j = 0; j < count; j++) {
            if (names[j].len == 0
                    ? j != i
                    : names[j].len != name.len || memcmp(names[j].at, name.at, name.len) != 0)
                continue;
            if (found)
                return err_set(run->work.err, "the macro is given '%.*s' twice", (int)name.len,
                               name.at);
            value = given[j];
            found = true;
            used++;
        }
        if ((!found && one->left && !eval(run, one->left, &value)) ||
            !set_name(run, one->name, &value))
            return false;
    }
    if (used == count) return true;
    return err_set(run->work.err, "a macro of %zu parameters is given something else", i);
}

bool run_call_macro(struct run *run, const struct macro *macro, const struct datum *given,
                    const struct text *names, size_t count, struct datum *out)
{
    struct frame *outer = run->frame;
    size_t mark = run->work.out->len;
    bool good;

    if (run->calls == RUN_CALLS)
        return err_set(run->work.err, "macros call each other more than %d deep", RUN_CALLS);
    run->calls++;
    run->frame = macro->frame;
    good = push_frame(run) && bind_parameters(run, macro, given, names, count) &&
           run_body(run, macro->node->body) != AFTER_FAILED && datum_pop(&run->work, mark, out);
    run->frame = outer;
    run->calls--;
    return good;
}

void run_start(struct run *run, const struct syntax *tree, struct buffer *out, const struct tm *now,
               struct err *err)
{
    *run =
        (struct run){.tree = tree, .work = {.out = out, .base = out->len, .now = now, .err = err}};
    run->root = mem_zero(tree->name_count + (size_t)1, sizeof *run->root);
    for (uint32_t i = 0; i < tree->name_count; i++) {
        const struct global *global = global_find(tree->names[i]);

        if (global && !tree->late[i] && (now || strcmp(global->name, "strftime_now") != 0))
            run->root[i] = (struct datum){.kind = DATUM_GLOBAL, .global = global};
    }
}

void run_bind(struct run *run, struct text name, const struct datum *value)
{
    uint32_t number = tree_name(run->tree, name);

    if (number != UINT32_MAX && !run->tree->late[number]) run->root[number] = *value;
}

bool run_tree(struct run *run)
{
    bool good = run_body(run, run->tree->body) != AFTER_FAILED;

    if (!good) run->work.out->len = run->work.base;
    return good;
}

void run_end(struct run *run)
{
    arena_release(&run->work.arena);
    mem_free(run->root);
}
