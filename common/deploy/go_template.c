#include "deploy/go_template.h"

#include "deploy/go_value.h"

#include <string.h>

#define BLOCKS 16 /* open at once */
#define BLANKS " \t\r\n"

/* A template is a row of steps; blocks are jumps between them. */
struct step {
    enum { STEP_TEXT, STEP_PRINT, STEP_UNLESS, STEP_JUMP, STEP_RANGE, STEP_NEXT } kind;
    struct text text; /* to be written, or an expression */
    size_t to;        /* while compiling: the next step in a chain of those to be set, 0 for none */
};

struct block {
    bool ranges;
    size_t begin;  /* the step of a range */
    size_t unless; /* the step that leads to the next branch, 0 for none */
    size_t ends;   /* the chain of jumps to the end, 0 for none */
};

struct program {
    struct step *steps; /* the first is a text without content, so that 0 is no jump */
    size_t count, room;
    struct block blocks[BLOCKS];
    size_t depth;
    struct err *err;
};

static bool fail(struct program *program, const char *why, struct text what)
{
    return err_set(program->err, "%s '%.*s'", why, (int)(what.len < 60 ? what.len : 60), what.at);
}

static size_t add(struct program *program, int kind, struct text text)
{
    program->steps =
        mem_room(program->steps, program->count, &program->room, sizeof *program->steps);
    program->steps[program->count] = (struct step){.text = text};
    program->steps[program->count].kind = (unsigned)kind;
    return program->count++;
}

static struct text trimmed(struct text text)
{
    while (text.len && strchr(BLANKS, text.at[0])) text.at++, text.len--;
    while (text.len && strchr(BLANKS, text.at[text.len - 1])) text.len--;
    return text;
}

/* Takes a keyword off the front of an action. */
static bool begins(struct text *action, const char *word)
{
    const size_t len = strlen(word);

    if (action->len < len || memcmp(action->at, word, len) != 0) return false;
    if (action->len > len && !strchr(BLANKS, action->at[len])) return false;
    *action = trimmed((struct text){action->at + len, action->len - len});
    return true;
}

static bool open_block(struct program *program, bool ranges, struct text rest)
{
    struct block *block;

    if (program->depth == BLOCKS) return fail(program, "too deep:", rest);
    for (size_t i = 0; ranges && i < program->depth; i++)
        if (program->blocks[i].ranges)
            return fail(program, "there is no support for a range within a range:", rest);
    block = &program->blocks[program->depth++];
    *block = (struct block){.ranges = ranges};
    if (ranges)
        block->begin = add(program, STEP_RANGE, rest);
    else
        block->unless = add(program, STEP_UNLESS, rest);
    return true;
}

static bool add_else(struct program *program, struct text rest)
{
    struct block *block = program->depth ? &program->blocks[program->depth - 1] : NULL;
    size_t jump;

    if (!block || block->ranges || !block->unless)
        return fail(program, "there is no support for this 'else'", rest);
    jump = add(program, STEP_JUMP, TEXT(""));
    program->steps[jump].to = block->ends;
    block->ends = jump;
    program->steps[block->unless].to = program->count;
    block->unless = 0;
    if (begins(&rest, "if"))
        block->unless = add(program, STEP_UNLESS, rest);
    else if (rest.len)
        return fail(program, "there is no support for 'else' with", rest);
    return true;
}

static bool add_end(struct program *program, struct text rest)
{
    struct block *block;

    if (!program->depth || rest.len) return fail(program, "an 'end' of nothing:", rest);
    block = &program->blocks[--program->depth];
    if (block->ranges) {
        const size_t next = add(program, STEP_NEXT, TEXT(""));

        program->steps[next].to = block->begin;
        program->steps[block->begin].to = program->count;
        return true;
    }
    if (block->unless) program->steps[block->unless].to = program->count;
    for (size_t at = block->ends, then; at; at = then) {
        then = program->steps[at].to;
        program->steps[at].to = program->count;
    }
    return true;
}

static bool add_action(struct program *program, struct text action)
{
    if (action.len >= 4 && memcmp(action.at, "/*", 2) == 0) return true;
    if (begins(&action, "range")) return open_block(program, true, action);
    if (begins(&action, "if")) return open_block(program, false, action);
    if (begins(&action, "else")) return add_else(program, action);
    if (begins(&action, "end")) return add_end(program, action);
    add(program, STEP_PRINT, action);
    return true;
}

/* The text before '{{', then the action. '{{-' and '-}}' take the blanks beside them away. */
static bool compile(struct program *program, struct text source)
{
    bool trims = false;

    add(program, STEP_TEXT, TEXT(""));
    while (source.len) {
        const char *open = memmem(source.at, source.len, "{{", 2);
        const size_t before = open ? (size_t)(open - source.at) : source.len;
        struct text text = {source.at, before}, rest, action;
        const char *close;

        if (trims)
            while (text.len && strchr(BLANKS, text.at[0])) text.at++, text.len--;
        if (open && source.len > before + 3 && open[2] == '-' && strchr(BLANKS, open[3]))
            while (text.len && strchr(BLANKS, text.at[text.len - 1])) text.len--;
        if (text.len) add(program, STEP_TEXT, text);
        if (!open) return true;
        rest = (struct text){open + 2, source.len - before - 2};
        close = memmem(rest.at, rest.len, "}}", 2);
        if (!close) return fail(program, "an action without an end:", rest);
        action = (struct text){rest.at, (size_t)(close - rest.at)};
        source = (struct text){close + 2, rest.len - action.len - 2};
        trims = action.len > 1 && action.at[action.len - 1] == '-' &&
                strchr(BLANKS, action.at[action.len - 2]);
        if (trims) action.len--;
        if (action.len > 1 && action.at[0] == '-' && strchr(BLANKS, action.at[1]))
            action.at++, action.len--;
        if (!add_action(program, trimmed(action))) return false;
    }
    return true;
}

/* 'range .Messages', or 'range $i, $m := .Messages'. */
static bool begin_range(struct go_scope *scope, struct text source, struct err *err)
{
    const char *sign = memmem(source.at, source.len, ":=", 2);
    struct go_value list;

    scope->index_name = scope->item_name = TEXT("");
    if (sign) {
        const struct text names = {source.at, (size_t)(sign - source.at)};
        const char *comma = memchr(names.at, ',', names.len);
        const size_t first = comma ? (size_t)(comma - names.at) : 0;

        if (comma) scope->index_name = trimmed((struct text){names.at, first});
        scope->item_name =
            comma ? trimmed((struct text){comma + 1, names.len - first - 1}) : trimmed(names);
        source.len -= names.len + 2;
        source.at = sign + 2;
    }
    if (!go_value_of(scope, source, &list, err)) return false;
    if (list.kind != GO_LIST || list.number != scope->chat->count)
        return err_set(err, "only .Messages can be ranged over");
    scope->ranging = list.number > 0;
    scope->index = 0;
    return true;
}

static bool print(const struct go_scope *scope, struct text source, struct buffer *out,
                  struct err *err)
{
    struct go_value value;

    if (!go_value_of(scope, source, &value, err)) return false;
    if (value.kind != GO_TEXT)
        return err_set(err, "only texts are written, not '%.*s'",
                       (int)(source.len < 60 ? source.len : 60), source.at);
    buffer_add(out, value.text.at, value.text.len);
    return true;
}

static bool take_step(const struct program *program, size_t *at, struct go_scope *scope,
                      struct buffer *out, struct err *err)
{
    const struct step *step = &program->steps[(*at)++];
    struct go_value value;

    switch (step->kind) {
    case STEP_TEXT: buffer_add(out, step->text.at, step->text.len); return true;
    case STEP_PRINT: return print(scope, step->text, out, err);
    case STEP_UNLESS:
        if (!go_value_of(scope, step->text, &value, err)) return false;
        if (!go_value_holds(&value)) *at = step->to;
        return true;
    case STEP_JUMP: *at = step->to; return true;
    case STEP_RANGE:
        if (!begin_range(scope, step->text, err)) return false;
        if (!scope->ranging) *at = step->to;
        return true;
    case STEP_NEXT:
        scope->ranging = ++scope->index < scope->chat->count;
        if (scope->ranging) *at = step->to + 1;
        return true;
    }
    return true;
}

bool go_template_render(struct text source, const struct go_chat *chat, struct buffer *out,
                        struct err *err)
{
    struct program program = {.err = err};
    struct go_scope scope = {.chat = chat};
    const size_t before = out->len;
    bool good = compile(&program, source) &&
                (!program.depth || fail(&program, "an 'end' is missing at the end of", source));

    for (size_t at = 0; good && at < program.count;)
        good = take_step(&program, &at, &scope, out, err);
    if (!good) out->len = before;
    mem_free(program.steps);
    return good;
}
