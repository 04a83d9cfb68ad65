#include "chat/tools.h"

#include "judge/action.h"
#include "judge/arithmetic.h"
#include "records/value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tools_init(struct tools *tools, const struct tm *today)
{
    *tools = (struct tools){.entries = {.today = today}};
}

void tools_release(struct tools *tools)
{
    calendar_release(&tools->entries);
    scan_release(&tools->scan);
}

bool tools_any(const struct tools *tools)
{
    return tools->calculator || tools->calendar;
}

bool tools_choose(struct tools *tools, struct text list, struct err *err)
{
    bool calculator = false, calendar = false;

    for (struct text rest = text_is(list, "off") ? TEXT("") : list; rest.len;) {
        const char *comma = memchr(rest.at, ',', rest.len);
        const struct text name = {rest.at, comma ? (size_t)(comma - rest.at) : rest.len};

        if (text_is(name, "calculator"))
            calculator = true;
        else if (text_is(name, "calendar"))
            calendar = true;
        else
            return err_set(err, "no tool is called '%.*s'; there are calculator and calendar",
                           (int)(name.len < 40 ? name.len : 40), name.at);
        rest.len -= name.len + (comma != NULL);
        rest.at += name.len + (comma != NULL);
    }
    tools->calculator = calculator;
    tools->calendar = calendar;
    return true;
}

/* To 15 digits, in which a sum of decimals is what people write; whole numbers that a double holds
 * as they are stay. */
static double rounded(double value)
{
    char digits[32];
    double near;

    if (value == floor(value) && fabs(value) < 0x1p53) return value + 0.0; /* no -0 */
    snprintf(digits, sizeof digits, "%.15g", value);
    near = strtod(digits, NULL);
    return isfinite(near) ? near : value;
}

static bool run_calculator(struct tools *tools, struct text args, struct buffer *out,
                           struct err *err)
{
    double value;

    (void)tools;
    if (!arithmetic_eval(args, &value, err)) return false;
    number_write(out, rounded(value));
    return true;
}

static bool run_calendar(struct tools *tools, struct text args, struct buffer *out, struct err *err)
{
    return calendar_run(&tools->entries, args, out, err);
}

static const struct row {
    const char *name;
    bool (*run)(struct tools *tools, struct text args, struct buffer *out, struct err *err);
    const char *members[2]; /* of args that are an object: their texts, with ': ' between them */
} rows[] = {{"calculator", run_calculator, {"expression", NULL}},
            {"calendar", run_calendar, {"action", "details"}}};

static const struct row *row_named(const struct tools *tools, const struct value *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (value_is(name, text_of(rows[i].name)) &&
            (rows[i].run == run_calculator ? tools->calculator : tools->calendar))
            return &rows[i];
    return NULL;
}

/* The text that args say, appended to out. */
static bool read_args(const struct row *row, const struct value *args, struct buffer *out,
                      struct err *err)
{
    struct scan scan = {0};
    bool good = true;

    if (args->kind == KIND_STRING) {
        value_unescape(args, out);
        return true;
    }
    scan_json(&scan, args->at, args->len);
    for (size_t i = 0; good && i < 2 && row->members[i]; i++) {
        const struct member *member = scan_member(&scan, row->members[i]);

        good = member && member->value.kind == KIND_STRING;
        if (!good)
            err_set(err, "its args have no text '%s'", row->members[i]);
        else if (i)
            buffer_text(out, ": ");
        if (good) value_unescape(&member->value, out);
    }
    scan_release(&scan);
    return good;
}

static const char *fault_of(enum action action)
{
    switch (action) {
    case ACTION_TWICE: return "there is more than one action";
    case ACTION_BAD_JSON: return "the action is no JSON object";
    case ACTION_BAD_MEMBERS: return "the action does not have a 'tool' and 'args' alone";
    case ACTION_TAIL: return "something stands behind the action";
    case ACTION_NO_THOUGHT: return "no thought stands before the action";
    case ACTION_NONE:
    case ACTION_GOOD: break;
    }
    return NULL;
}

/* An answer without a thought is an answer, unless it calls for something. */
static bool calls(enum action action, struct text answer)
{
    if (action == ACTION_NO_THOUGHT)
        return (answer.len >= 7 && memcmp(answer.at, "Action:", 7) == 0) ||
               (answer.len && memmem(answer.at, answer.len, "\nAction:", 8));
    return action != ACTION_NONE;
}

bool tools_run(struct tools *tools, struct text answer, struct buffer *out)
{
    const enum action action = action_judge(answer, &tools->scan);
    const struct member *name, *args;
    const struct row *row;
    struct buffer words = {0}, result = {0};
    struct err err;

    if (!calls(action, answer)) return false;
    if (action != ACTION_GOOD) {
        buffer_format(out, "failed: %s", fault_of(action));
        return true;
    }
    name = scan_member(&tools->scan, "tool");
    args = scan_member(&tools->scan, "args");
    row = row_named(tools, &name->value);
    if (!row)
        buffer_format(out, "failed: there is no tool %.*s",
                      (int)(name->value.len < 40 ? name->value.len : 40), name->value.at);
    else if (read_args(row, &args->value, &words, &err) &&
             row->run(tools, (struct text){words.at, words.len}, &result, &err))
        buffer_add(out, result.at, result.len);
    else
        buffer_format(out, "failed: %s", err.text);
    buffer_release(&words);
    buffer_release(&result);
    return true;
}
