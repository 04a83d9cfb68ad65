#include "dpo-eval/eval_measures.h"

#include "core/report.h"
#include "dpo-eval/eval_options.h"

#include <string.h>

#define ALWAYS EVAL_GROUPS /* with every answer */

static const char *const groups[EVAL_GROUPS] = {"preference",  "answer",    "format",
                                                "consistency", "agreement", "quiz",
                                                "voice",       "retention", "lengths"};

static bool wanted[EVAL_GROUPS];

/* What each group measures. */
static const struct {
    const char *name;
    unsigned group;
    bool adapted; /* with an adapter only */
    bool total;   /* no mean over records: not to be paired */
} measured[] = {
    {"preference_accuracy", EVAL_PREFERENCE, false, false},
    {"preference_accuracy_tokens", EVAL_PREFERENCE, false, false},
    {"reward_accuracy", EVAL_PREFERENCE, true, false},
    {"margin", EVAL_PREFERENCE, true, false},
    {"rewards/chosen", EVAL_PREFERENCE, true, false},
    {"rewards/rejected", EVAL_PREFERENCE, true, false},
    {"loss", EVAL_PREFERENCE, true, false},
    {"kl", EVAL_PREFERENCE, true, true},
    {"kl_sequence", EVAL_PREFERENCE, true, false},
    {"logps/chosen", EVAL_PREFERENCE, false, false},
    {"logps/rejected", EVAL_PREFERENCE, false, false},
    {"perplexity", EVAL_PREFERENCE, false, true},
    {"records", ALWAYS, false, true},
    {"dropped", EVAL_PREFERENCE, false, true},
    {"tokens", EVAL_PREFERENCE, false, true},
    {"answer_accuracy", EVAL_ANSWER, false, false},
    {"answer_accuracy", EVAL_RETENTION, false, false},
    {"json_validity", EVAL_FORMAT, false, false},
    {"thought_prefix", EVAL_FORMAT, false, false},
    {"action_block", EVAL_FORMAT, false, false},
    {"refusal", EVAL_FORMAT, false, false},
    {"full_compliance", EVAL_FORMAT, false, false},
    {"strict_compliance", EVAL_FORMAT, false, false},
    {"tool_accuracy", EVAL_FORMAT, false, false},
    {"argument_accuracy", EVAL_FORMAT, false, false},
    {"consistency", EVAL_CONSISTENCY, false, false},
    {"consistency_paraphrases", EVAL_CONSISTENCY, false, false},
    {"agreement", EVAL_AGREEMENT, false, false},
    {"quiz_accuracy", EVAL_QUIZ, false, false},
    {"similarity", EVAL_QUIZ, false, false},
    {"voice", EVAL_VOICE, false, false},
    {"voice_negative", EVAL_VOICE, false, false},
    {"retention", EVAL_RETENTION, false, true},
    {"repetition", EVAL_LENGTHS, false, false},
    {"length/words", EVAL_LENGTHS, false, false},
    {"length/tokens", EVAL_LENGTHS, false, false},
};

bool eval_measures(enum eval_group group)
{
    return wanted[group];
}

bool eval_generates(void)
{
    for (enum eval_group group = EVAL_PREFERENCE + 1; group < EVAL_GROUPS; group++)
        if (wanted[group]) return true;
    return false;
}

/* Is this row of the table measured, as far as an adapter is not needed? */
static bool row_counts(size_t row)
{
    const unsigned group = measured[row].group;

    if (strcmp(measured[row].name, "voice_negative") == 0 && !eval_command.markers) return false;
    return group == ALWAYS || wanted[group] || (group == EVAL_LENGTHS && eval_generates());
}

bool eval_measured(const char *name)
{
    for (size_t i = 0; i < sizeof measured / sizeof *measured; i++) {
        if (strcmp(measured[i].name, name) != 0 || !row_counts(i)) continue;
        if (measured[i].adapted && !eval_command.adapter)
            die_usage("--gate: '%s' is measured with --adapter only", name);
        return true;
    }
    return wanted[EVAL_VOICE] && eval_command.markers && strncmp(name, "voice/", 6) == 0;
}

bool eval_measures_pairs(const char *name, bool reference)
{
    for (size_t i = 0; i < sizeof measured / sizeof *measured; i++)
        if (strcmp(measured[i].name, name) == 0 && row_counts(i) && !measured[i].total)
            return !measured[i].adapted || (eval_command.adapter && !reference);
    return wanted[EVAL_VOICE] && strncmp(name, "voice/", 6) == 0;
}

bool eval_measured_reference(const char *name)
{
    return eval_measures_pairs(name, true);
}

const char *eval_measured_names(void)
{
    static struct buffer names;
    const char *last = ""; /* two groups may measure the same: then their rows are neighbours */

    names.len = 0;
    for (size_t i = 0; i < sizeof measured / sizeof *measured; i++) {
        if (!row_counts(i) || (measured[i].adapted && !eval_command.adapter) ||
            strcmp(measured[i].name, last) == 0)
            continue;
        last = measured[i].name;
        buffer_format(&names, "%s%s", names.len ? ", " : "", last);
    }
    buffer_byte(&names, '\0');
    return names.at;
}

void eval_measures_take(void)
{
    for (const char *at = eval_command.groups; *at;) {
        const size_t len = strcspn(at, ",");
        enum eval_group group = 0;

        while (group < EVAL_GROUPS &&
               !(strlen(groups[group]) == len && memcmp(groups[group], at, len) == 0))
            group++;
        if (group == EVAL_GROUPS)
            die_usage("--metrics takes preference, answer, format, consistency, agreement, quiz, "
                      "voice, retention and lengths, not '%.*s'",
                      (int)len, at);
        wanted[group] = true;
        at += len + (at[len] == ',');
    }
    if (eval_command.repeat > 1) wanted[EVAL_CONSISTENCY] = true;
}
