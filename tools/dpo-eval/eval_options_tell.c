#include "dpo-eval/eval_options.h"
#include "options/option_value.h"
#include "records/value.h"

#include <stdio.h>
#include <string.h>

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool is_default(const struct option_spec *option)
{
    const char *value = option->value, *before = (const char *)&eval_defaults;

    before += value - (const char *)&eval_command;
    switch (option->type) {
    case OPTION_TEXT:
    case OPTION_LINES: return same_text(*(char *const *)value, *(char *const *)before);
    case OPTION_NUMBER: return memcmp(value, before, sizeof(double)) == 0;
    case OPTION_FLAG: return !*(const bool *)value;
    case OPTION_LIST: return ((const struct option_list *)value)->count == 0;
    default: return memcmp(value, before, sizeof(size_t)) == 0;
    }
}

static bool is_among(const char *name, const char *const *names)
{
    while (*names && strcmp(name, *names) != 0) names++;
    return *names != NULL;
}

/* What is told elsewhere, or changes nothing, is left out; so is what answers do not depend on,
 * where these are meant: then another judge finds the answers that are there. */
static bool is_deciding(const struct option_spec *option, enum eval_deciding deciding)
{
    static const char *const others[] = {"model",    "adapter",  "gate",         "history",
                                         "from",     "worst",    "review",       "review-sheet",
                                         "memory",   "beside",   "batch-tokens", "judge-timeout",
                                         "baseline", "reviewed", "precision",    NULL};
    static const char *const judging[] = {"judge", "markers",    "negative", "tools",
                                          "beta",  "max-length", "truncate", NULL};

    return !is_among(option->name, others) &&
           (deciding == EVAL_DECIDES_NUMBERS || !is_among(option->name, judging)) &&
           !is_default(option);
}

static void tell_value(const struct option_spec *option, struct buffer *out)
{
    char number[64];

    switch (option->type) {
    case OPTION_TEXT:
    case OPTION_LINES: text_quote(out, text_of(*(const char **)option->value)); return;
    case OPTION_NUMBER: number_write(out, *(const double *)option->value); return;
    case OPTION_FLAG: buffer_text(out, *(const bool *)option->value ? "true" : "false"); return;
    case OPTION_LIST: {
        const struct option_list *list = option->value;

        for (size_t i = 0; i < list->count; i++) {
            buffer_byte(out, i ? ',' : '[');
            text_quote(out, text_of(list->items[i]));
        }
        buffer_byte(out, ']');
        return;
    }
    case OPTION_CHOICE: text_quote(out, option_value_word(option)); return;
    default:
        snprintf(number, sizeof number, "%zu", *(const size_t *)option->value);
        buffer_text(out, number);
    }
}

void eval_options_tell(enum eval_deciding deciding, struct buffer *out)
{
    const char *separator = "";

    buffer_byte(out, '{');
    for (const struct option_spec *option = eval_options; option->name; option++) {
        if (!is_deciding(option, deciding)) continue;
        buffer_format(out, "%s\"%s\":", separator, option->name);
        tell_value(option, out);
        separator = ",";
    }
    buffer_byte(out, '}');
}
