#include "judge/format.h"

#include "judge/action.h"
#include "judge/answer_parts.h"
#include "judge/arithmetic.h"
#include "records/value.h"

#include <math.h>
#include <string.h>

#define FENCE "```"
#define CLOSE 1e-9 /* relative, between two values of a calculation */

static const char *const fault_names[FORMAT_FAULTS] = {
    [FORMAT_GOOD] = "good",
    [FORMAT_NO_THOUGHT] = "no-thought",
    [FORMAT_NO_ACTION] = "no-action",
    [FORMAT_TWO_ACTIONS] = "two-actions",
    [FORMAT_BAD_JSON] = "bad-json",
    [FORMAT_BAD_MEMBERS] = "bad-members",
    [FORMAT_TAIL] = "tail",
    [FORMAT_UNKNOWN_TOOL] = "unknown-tool",
    [FORMAT_WRONG_TOOL] = "wrong-tool",
    [FORMAT_WRONG_ARGUMENTS] = "wrong-arguments",
};

const char *format_fault_name(enum format_fault fault)
{
    return fault_names[fault];
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t skip_spaces(struct text text, size_t at)
{
    while (at < text.len && is_space(text.at[at])) at++;
    return at;
}

static bool begins_with(struct text text, size_t at, const char *word)
{
    size_t len = strlen(word);

    return text.len >= at && text.len - at >= len && strncasecmp(text.at + at, word, len) == 0;
}

/* Does word, in small letters, stand in the text in any case? */
static bool holds(struct text text, const char *word)
{
    for (size_t at = 0; at < text.len; at++)
        if ((text.at[at] | 32) == word[0] && begins_with(text, at, word)) return true;
    return false;
}

static bool refuses(struct text text)
{
    static const char *const phrases[] = {"cannot help", "can't help", "unable to assist",
                                          "i don't know", "i am not able"};

    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (holds(text, phrases[i])) return true;
    return false;
}

/* From a brace to the first closing one that a fence follows. */
static bool find_fence_end(struct text text, size_t begin, struct text *object)
{
    for (size_t at = begin; at < text.len; at++) {
        size_t behind = at + 1;

        if (text.at[at] != '}') continue;
        behind = skip_spaces(text, behind);
        if (begins_with(text, behind, FENCE)) {
            *object = (struct text){text.at + begin, at + 1 - begin};
            return true;
        }
        at = behind - 1;
    }
    return false;
}

static bool find_fenced(struct text text, struct text *object)
{
    static const char mark[] = FENCE "json";
    const char *end = text.at + text.len;

    for (const char *at = text.at;; at += strlen(mark)) {
        size_t begin;

        at = memmem(at, (size_t)(end - at), mark, strlen(mark));
        if (!at) return false;
        begin = skip_spaces(text, (size_t)(at - text.at) + strlen(mark));
        if (begin < text.len && text.at[begin] == '{') return find_fence_end(text, begin, object);
    }
}

/* The first pair of braces without braces inside. */
static bool find_flat(struct text text, struct text *object)
{
    size_t open = text.len;

    for (size_t at = 0; at < text.len; at++) {
        if (text.at[at] == '{') open = at;
        if (text.at[at] != '}' || open == text.len) continue;
        *object = (struct text){text.at + open, at + 1 - open};
        return true;
    }
    return false;
}

static bool has_lax_json(struct text text, struct scan *scan)
{
    struct text object;

    if (!text.len || !(find_fenced(text, &object) || find_flat(text, &object))) return false;
    return scan_json(scan, object.at, object.len) && scan_member(scan, "tool") &&
           scan_member(scan, "args");
}

static enum format_fault fault_of(enum action action)
{
    switch (action) {
    case ACTION_GOOD: return FORMAT_GOOD;
    case ACTION_NO_THOUGHT: return FORMAT_NO_THOUGHT;
    case ACTION_NONE: return FORMAT_NO_ACTION;
    case ACTION_TWICE: return FORMAT_TWO_ACTIONS;
    case ACTION_BAD_JSON: return FORMAT_BAD_JSON;
    case ACTION_BAD_MEMBERS: return FORMAT_BAD_MEMBERS;
    case ACTION_TAIL: return FORMAT_TAIL;
    }
    return FORMAT_BAD_JSON;
}

/* A call of a tool, as spans of the text it stands in. */
struct call {
    struct value tool, args;
};

static bool take_call(const struct scan *scan, struct call *call)
{
    const struct member *tool = scan_member(scan, "tool"), *args = scan_member(scan, "args");

    if (scan->root.kind != KIND_OBJECT || !tool || !args || tool->value.kind != KIND_STRING)
        return false;
    *call = (struct call){tool->value, args->value};
    return true;
}

static bool in_set(const struct format_key *key, const struct value *tool)
{
    if (!key->tool_count) return true;
    for (size_t i = 0; i < key->tool_count; i++)
        if (value_is(tool, key->tools[i])) return true;
    return false;
}

/* An object with one string for that string. */
static struct value unwrapped(const struct value *args, struct scan *scan)
{
    if (args->kind == KIND_OBJECT && scan_json(scan, args->at, args->len) && scan->count == 1 &&
        scan->members[0].value.kind == KIND_STRING)
        return scan->members[0].value;
    return *args;
}

static bool evaluate(const struct value *string, struct buffer *scratch, double *value)
{
    struct err err;

    scratch->len = 0;
    return arithmetic_eval(value_text(string, scratch), value, &err);
}

static bool same_sum(const struct value *want, const struct value *got, struct judge_desk *desk)
{
    double a, b;

    if (!evaluate(want, &desk->scratch, &a)) return json_same(want, got, false, desk);
    return evaluate(got, &desk->scratch, &b) && fabs(a - b) <= CLOSE * (1 + fabs(a));
}

static bool same_args(const struct call *want, const struct call *got, struct judge_desk *desk)
{
    bool calculator = value_is(&want->tool, TEXT("calculator"));
    struct value a = want->args, b = got->args;

    if (calculator || a.kind != b.kind) {
        a = unwrapped(&a, &desk->scan);
        b = unwrapped(&b, &desk->scan);
    }
    if (calculator && a.kind == KIND_STRING && b.kind == KIND_STRING) return same_sum(&a, &b, desk);
    return json_same(&a, &b, true, desk);
}

static bool same_tool(const struct call *want, const struct call *got, struct judge_desk *desk)
{
    desk->scratch.len = 0;
    return value_is(&got->tool, value_text(&want->tool, &desk->scratch));
}

static void compare(const struct call *want, bool called, const struct call *got,
                    struct judge_desk *desk, struct format_verdict *verdict)
{
    verdict->expects = true;
    verdict->tool = called && same_tool(want, got, desk);
    verdict->arguments = verdict->tool && same_args(want, got, desk);
    if (verdict->fault != FORMAT_GOOD) return;
    if (!verdict->tool)
        verdict->fault = FORMAT_WRONG_TOOL;
    else if (!verdict->arguments)
        verdict->fault = FORMAT_WRONG_ARGUMENTS;
}

/* The call in the text, be its form good or not. */
static bool find_call(struct text text, bool scanned, struct judge_desk *desk, struct call *call)
{
    struct text object;

    if (!scanned && !(text.len && json_find(text, desk, &object))) return false;
    return take_call(&desk->scan, call);
}

void format_judge(const struct format_key *key, struct text generated, struct judge_desk *desk,
                  struct format_verdict *verdict)
{
    struct call got, want;
    bool called;

    *verdict = (struct format_verdict){
        .json_validity = has_lax_json(generated, &desk->scan),
        .thought_prefix = begins_with(generated, skip_spaces(generated, 0), "thought:"),
        .action_block = holds(generated, "action:"),
        .refusal = refuses(generated),
    };
    verdict->full_compliance = verdict->json_validity && verdict->thought_prefix;
    verdict->fault = fault_of(action_judge(generated, &desk->scan));
    called = find_call(generated, verdict->fault == FORMAT_GOOD, desk, &got);
    if (verdict->fault == FORMAT_GOOD && !in_set(key, &got.tool))
        verdict->fault = FORMAT_UNKNOWN_TOOL;
    verdict->strict_compliance = verdict->fault == FORMAT_GOOD;
    if (key->expected.len && scan_json(&desk->other, key->expected.at, key->expected.len) &&
        take_call(&desk->other, &want))
        compare(&want, called, &got, desk, verdict);
}
