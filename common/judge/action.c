#include "judge/action.h"

#include <string.h>

#define FENCE "```"

static struct text trimmed(struct text text)
{
    while (text.len && strchr(" \t\r\n", text.at[0]) && text.at[0]) {
        text.at++;
        text.len--;
    }
    while (text.len && strchr(" \t\r\n", text.at[text.len - 1]) && text.at[text.len - 1])
        text.len--;
    return text;
}

static bool take_word(struct text *text, const char *word)
{
    size_t len = strlen(word);

    if (text->len < len || memcmp(text->at, word, len) != 0) return false;
    text->at += len;
    text->len -= len;
    return true;
}

/* Where a line that begins with 'Action:' starts, or NULL. */
static const char *find_action(struct text text)
{
    const char *found = memmem(text.at, text.len, "\nAction:", 8);

    return found ? found + 1 : NULL;
}

size_t action_object_length(struct text text)
{
    size_t depth = 0;
    bool string = false;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];

        if (string && c == '\\') {
            i++;
        } else if (c == '"') {
            string = !string;
        } else if (!string && c == '{') {
            depth++;
        } else if (!string && c == '}' && --depth == 0) {
            return i + 1;
        }
        if (!depth) return 0;
    }
    return 0;
}

static bool members_good(const struct scan *scan)
{
    const struct member *tool = scan_member(scan, "tool"), *args = scan_member(scan, "args");

    return scan->count == 2 && tool && args && tool->value.kind == KIND_STRING &&
           tool->value.len > 2 &&
           (args->value.kind == KIND_STRING || args->value.kind == KIND_OBJECT);
}

static enum action judge_object(struct text text, struct scan *scan)
{
    struct text rest = trimmed(text);
    bool fenced = take_word(&rest, FENCE);
    size_t len;

    if (fenced) take_word(&rest, "json");
    rest = trimmed(rest);
    len = action_object_length(rest);
    if (!len || !scan_json(scan, rest.at, len)) return ACTION_BAD_JSON;
    rest.at += len;
    rest.len -= len;
    rest = trimmed(rest);
    if (fenced && !take_word(&rest, FENCE)) return ACTION_BAD_JSON;
    if (trimmed(rest).len) return ACTION_TAIL;
    return members_good(scan) ? ACTION_GOOD : ACTION_BAD_MEMBERS;
}

enum action action_judge(struct text text, struct scan *scan)
{
    struct text rest = trimmed(text), thought;
    const char *action;

    if (!take_word(&rest, "Thought:")) return ACTION_NO_THOUGHT;
    action = find_action(rest);
    thought = (struct text){rest.at, action ? (size_t)(action - rest.at) : rest.len};
    if (!trimmed(thought).len) return ACTION_NO_THOUGHT;
    if (!action) return ACTION_NONE;
    rest.len -= (size_t)(action - rest.at) + strlen("Action:");
    rest.at = action + strlen("Action:");
    if (find_action(rest)) return ACTION_TWICE;
    return judge_object(rest, scan);
}
