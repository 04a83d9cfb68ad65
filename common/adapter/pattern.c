#include "adapter/pattern.h"

#include "adapter/pattern_set.h"

#include <stdint.h>
#include <string.h>

/* A pattern is compiled to codes that an automaton without stack goes through: all places where it
 * may be are followed at once, byte by byte. Jumps are relative, so that a run of codes whose jumps
 * stay within it can be moved and repeated. */

#define CODE_LIMIT ((size_t)1000)
#define GROUP_LIMIT ((size_t)32)
#define REPEAT_LIMIT ((size_t)1000)

enum operation { TAKE, SPLIT, JUMP, AT_BEGIN, AT_END, AT_WORD, IN_WORD };

struct pattern_code {
    enum operation operation;
    int32_t jump;           /* of SPLIT, which also goes on, and of JUMP */
    struct pattern_set set; /* of TAKE */
};

struct group {
    size_t begin;
    size_t branch;  /* where its last alternative begins */
    size_t pending; /* behind its last JUMP to its end; that one's jump says the same of the one
                       before; 0: none */
};

struct compiler {
    struct pattern *pattern;
    const char *at;
    struct group groups[GROUP_LIMIT + 1];
    size_t depth;
    size_t atom; /* where what can be repeated begins, or NOTHING */
    const char *problem;
};

#define NOTHING SIZE_MAX

static bool fail(struct compiler *compiler, const char *problem)
{
    compiler->problem = problem;
    return false;
}

static bool add_code(struct compiler *compiler, struct pattern_code code)
{
    struct pattern *pattern = compiler->pattern;

    if (pattern->count == CODE_LIMIT) return fail(compiler, "it is too long");
    pattern->codes =
        mem_room(pattern->codes, pattern->count, &pattern->room, sizeof *pattern->codes);
    pattern->codes[pattern->count++] = code;
    return true;
}

static bool add_atom(struct compiler *compiler, struct pattern_code code)
{
    compiler->atom = compiler->pattern->count;
    return add_code(compiler, code);
}

static bool open_group(struct compiler *compiler)
{
    if (compiler->at[0] == '?') {
        if (compiler->at[1] != ':') return fail(compiler, "'(?' is known before ':' only");
        compiler->at += 2;
    }
    if (compiler->depth == GROUP_LIMIT) return fail(compiler, "it is nested too deeply");
    compiler->groups[++compiler->depth] =
        (struct group){compiler->pattern->count, compiler->pattern->count, 0};
    compiler->atom = NOTHING;
    return true;
}

static void end_branches(struct compiler *compiler)
{
    struct pattern *pattern = compiler->pattern;
    size_t pending = compiler->groups[compiler->depth].pending;

    while (pending > 0) {
        struct pattern_code *code = &pattern->codes[pending - 1];
        const size_t before = (size_t)code->jump;

        code->jump = (int32_t)(pattern->count - (pending - 1));
        pending = before;
    }
}

static bool close_group(struct compiler *compiler)
{
    if (compiler->depth == 0) return fail(compiler, "a ')' closes nothing");
    end_branches(compiler);
    compiler->atom = compiler->groups[compiler->depth--].begin;
    return true;
}

/* Puts a SPLIT before the alternative that ends here and a JUMP, yet to be completed, behind it. */
static bool next_branch(struct compiler *compiler)
{
    struct pattern *pattern = compiler->pattern;
    struct group *group = &compiler->groups[compiler->depth];
    const size_t len = pattern->count - group->branch;
    struct pattern_code *codes;

    if (!add_code(compiler, (struct pattern_code){.operation = JUMP}) ||
        !add_code(compiler, (struct pattern_code){.operation = JUMP}))
        return false;
    codes = pattern->codes + group->branch;
    memmove(codes + 1, codes, len * sizeof *codes);
    codes[0] = (struct pattern_code){.operation = SPLIT, .jump = (int32_t)len + 2};
    pattern->codes[pattern->count - 1].jump = (int32_t)group->pending;
    group->pending = group->branch = pattern->count;
    compiler->atom = NOTHING;
    return true;
}

static bool add_copy(struct compiler *compiler, const struct pattern_code *body, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!add_code(compiler, body[i])) return false;
    return true;
}

/* most is SIZE_MAX for any number. */
static bool add_repeated(struct compiler *compiler, const struct pattern_code *body, size_t len,
                         size_t least, size_t most)
{
    const size_t optional = most == SIZE_MAX ? 1 : most - least;
    bool good = true;

    for (size_t i = 0; good && i < least; i++) good = add_copy(compiler, body, len);
    for (size_t left = optional; good && left > 0; left--) {
        const size_t behind = most == SIZE_MAX ? len + 2 : left * (len + 1);

        good = behind <= CODE_LIMIT || fail(compiler, "it is too long");
        good = good && add_code(compiler, (struct pattern_code){SPLIT, (int32_t)behind, {{0}}}) &&
               add_copy(compiler, body, len);
    }
    if (good && most == SIZE_MAX)
        good = add_code(compiler, (struct pattern_code){JUMP, -(int32_t)len - 1, {{0}}});
    return good;
}

static bool repeat(struct compiler *compiler, size_t least, size_t most)
{
    struct pattern *pattern = compiler->pattern;
    struct pattern_code *body;
    size_t len;
    bool good;

    if (compiler->atom == NOTHING) return fail(compiler, "there is nothing to repeat");
    if (least > most) return fail(compiler, "a repetition has its least above its most");
    if (least > REPEAT_LIMIT || (most > REPEAT_LIMIT && most != SIZE_MAX))
        return fail(compiler, "it is too long");
    if (*compiler->at == '?') compiler->at++;
    len = pattern->count - compiler->atom;
    body = mem_alloc((len + 1) * sizeof *body);
    if (len > 0) memcpy(body, pattern->codes + compiler->atom, len * sizeof *body);
    pattern->count = compiler->atom;
    good = add_repeated(compiler, body, len, least, most);
    mem_free(body);
    compiler->atom = NOTHING;
    return good;
}

static size_t take_digits(const char **at, size_t none)
{
    size_t value = 0;

    if (**at < '0' || **at > '9') return none;
    for (; **at >= '0' && **at <= '9'; (*at)++)
        if (value <= REPEAT_LIMIT) value = value * 10 + (size_t)(**at - '0');
    return value;
}

/* Behind a '{', which is a brace like any symbol where no repetition follows. */
static bool take_braces(struct compiler *compiler)
{
    const char *at = compiler->at;
    const size_t least = take_digits(&at, 0), brace = '{';
    size_t most = least;

    if (*at == ',') {
        at++;
        most = take_digits(&at, SIZE_MAX);
    }
    if (*at != '}' || at == compiler->at)
        return add_atom(compiler, (struct pattern_code){TAKE, 0, pattern_set_of(brace, brace)});
    compiler->at = at + 1;
    return repeat(compiler, least, most);
}

static bool add_place(struct compiler *compiler, enum operation operation)
{
    compiler->atom = NOTHING;
    return add_code(compiler, (struct pattern_code){.operation = operation});
}

static bool take_escape(struct compiler *compiler)
{
    struct pattern_code code = {.operation = TAKE};

    switch (*compiler->at) {
    case 'b': compiler->at++; return add_place(compiler, AT_WORD);
    case 'B': compiler->at++; return add_place(compiler, IN_WORD);
    case 'A': compiler->at++; return add_place(compiler, AT_BEGIN);
    case 'Z': compiler->at++; return add_place(compiler, AT_END);
    default: break;
    }
    compiler->problem = pattern_set_escape(&code.set, &compiler->at);
    return !compiler->problem && add_atom(compiler, code);
}

static bool take_set(struct compiler *compiler)
{
    struct pattern_code code = {.operation = TAKE};

    compiler->problem = pattern_set_take(&code.set, &compiler->at);
    return !compiler->problem && add_atom(compiler, code);
}

static bool take_any(struct compiler *compiler)
{
    struct pattern_code code = {.operation = TAKE, .set = pattern_set_of('\n', '\n')};

    pattern_set_invert(&code.set);
    return add_atom(compiler, code);
}

static bool take_one(struct compiler *compiler)
{
    const unsigned char symbol = (unsigned char)*compiler->at++;

    switch (symbol) {
    case '(': return open_group(compiler);
    case ')': return close_group(compiler);
    case '|': return next_branch(compiler);
    case '*': return repeat(compiler, 0, SIZE_MAX);
    case '+': return repeat(compiler, 1, SIZE_MAX);
    case '?': return repeat(compiler, 0, 1);
    case '{': return take_braces(compiler);
    case '[': return take_set(compiler);
    case '\\': return take_escape(compiler);
    case '.': return take_any(compiler);
    case '^': return add_place(compiler, AT_BEGIN);
    case '$': return add_place(compiler, AT_END);
    default: break;
    }
    return add_atom(compiler, (struct pattern_code){TAKE, 0, pattern_set_of(symbol, symbol)});
}

bool pattern_compile(struct pattern *pattern, const char *text, struct err *err)
{
    struct compiler compiler = {.pattern = pattern, .at = text, .atom = NOTHING};
    bool good = true;

    *pattern = (struct pattern){0};
    while (good && *compiler.at) good = take_one(&compiler);
    if (good && compiler.depth > 0) good = fail(&compiler, "a '(' is not closed");
    if (good) {
        end_branches(&compiler);
        return true;
    }
    pattern_release(pattern);
    return err_set(err, "the pattern '%.200s' is not understood: %s", text, compiler.problem);
}

/* The codes at which the automaton stands, between two bytes. */
struct places {
    size_t count;
    uint16_t codes[CODE_LIMIT + 1]; /* TAKEs; the number of codes is the end */
    bool seen[CODE_LIMIT + 1];
};

static bool is_word(struct text text, size_t at)
{
    return at < text.len && pattern_set_has(&pattern_words, (unsigned char)text.at[at]);
}

static bool holds(enum operation operation, struct text text, size_t at)
{
    const bool border = is_word(text, at) != (at > 0 && is_word(text, at - 1));

    switch (operation) {
    case AT_BEGIN: return at == 0;
    case AT_END: return at == text.len;
    case AT_WORD: return border;
    case IN_WORD: return !border;
    case TAKE:
    case SPLIT:
    case JUMP: break;
    }
    return true;
}

/* Adds where a code leads without taking a byte. */
static void follow(const struct pattern *pattern, struct places *places, size_t first,
                   struct text text, size_t at)
{
    uint16_t stack[2 * CODE_LIMIT + 2];
    size_t depth = 0;

    stack[depth++] = (uint16_t)first;
    while (depth > 0) {
        const size_t place = stack[--depth];
        const struct pattern_code *code;

        if (places->seen[place]) continue;
        places->seen[place] = true;
        code = place < pattern->count ? &pattern->codes[place] : NULL;
        if (!code || code->operation == TAKE) {
            places->codes[places->count++] = (uint16_t)place;
            continue;
        }
        if (code->operation == SPLIT || code->operation == JUMP)
            stack[depth++] = (uint16_t)((int32_t)place + code->jump);
        if (code->operation != JUMP && holds(code->operation, text, at))
            stack[depth++] = (uint16_t)(place + 1);
    }
}

bool pattern_fits(const struct pattern *pattern, struct text text)
{
    struct places now = {0}, next;

    follow(pattern, &now, 0, text, 0);
    for (size_t at = 0; at < text.len && now.count > 0; at++) {
        memset(&next, 0, sizeof next);
        for (size_t i = 0; i < now.count; i++) {
            const size_t place = now.codes[i];

            if (place < pattern->count &&
                pattern_set_has(&pattern->codes[place].set, (unsigned char)text.at[at]))
                follow(pattern, &next, place + 1, text, at + 1);
        }
        now = next;
    }
    return now.seen[pattern->count];
}

void pattern_release(struct pattern *pattern)
{
    mem_free(pattern->codes);
    *pattern = (struct pattern){0};
}
