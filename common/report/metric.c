#include "report/metric.h"

#include <stddef.h>
#include <stdint.h>

/* In the order in which a verdict asks for them. */
static const struct metric table[] = {
    {"answer_accuracy", "answer accuracy", true, false, METRIC_HIGHER},
    {"full_compliance", "full compliance", true, false, METRIC_HIGHER},
    {"quiz_accuracy", "quiz accuracy", true, false, METRIC_HIGHER},
    {"voice", "voice score", true, false, METRIC_HIGHER},
    {"preference_accuracy", "preference accuracy", true, false, METRIC_HIGHER},
    {"reward_accuracy", "reward accuracy", true, false, METRIC_HIGHER},
    {"agreement", "agreement with the verdict", true, false, METRIC_HIGHER},
    {"strict_compliance", "strict compliance", true, false, METRIC_HIGHER},
    {"json_validity", "valid JSON", true, false, METRIC_HIGHER},
    {"thought_prefix", "thought prefix", true, false, METRIC_HIGHER},
    {"action_block", "action block", true, false, METRIC_HIGHER},
    {"tool_accuracy", "tool accuracy", true, false, METRIC_HIGHER},
    {"argument_accuracy", "argument accuracy", true, false, METRIC_HIGHER},
    {"consistency", "consistency", true, false, METRIC_HIGHER},
    {"consistency_paraphrases", "consistency over paraphrases", true, false, METRIC_HIGHER},
    {"similarity", "similarity", true, false, METRIC_HIGHER},
    {"margin", "reward margin", false, false, METRIC_HIGHER},
    {"loss", "loss", false, false, METRIC_LOWER},
    {"perplexity", "perplexity", false, false, METRIC_LOWER},
    {"retention", "retention", true, false, METRIC_HIGHER},
    {"preference_accuracy_tokens", "preference accuracy by token", true, false, METRIC_HIGHER},
    {"refusal", "refusals", true, false, METRIC_NEITHER},
    {"voice_negative", "marks of another voice", false, false, METRIC_LOWER},
    {"repetition", "repetition", true, false, METRIC_LOWER},
    {"kl", "KL to the reference", false, false, METRIC_NEITHER},
    {"kl_sequence", "KL of an answer", false, false, METRIC_NEITHER},
    {"rewards/chosen", "reward of the chosen", false, false, METRIC_NEITHER},
    {"rewards/rejected", "reward of the rejected", false, false, METRIC_NEITHER},
    {"logps/chosen", "log-probability of the chosen", false, false, METRIC_NEITHER},
    {"logps/rejected", "log-probability of the rejected", false, false, METRIC_NEITHER},
    {"length/words", "words of an answer", false, false, METRIC_NEITHER},
    {"length/tokens", "tokens of an answer", false, false, METRIC_NEITHER},
    {"eval_kl", "evaluation: KL", false, false, METRIC_NEITHER},
    {"eval_kl_sequence", "evaluation: KL of an answer", false, false, METRIC_NEITHER},
    {"eval_rewards/margins", "evaluation: reward margin", false, false, METRIC_HIGHER},
    {"eval_rewards/accuracies", "evaluation: accuracy", true, false, METRIC_HIGHER},
    {"eval_loss", "evaluation: loss", false, false, METRIC_LOWER},
    {"records", "records", false, true, METRIC_NEITHER},
    {"dropped", "dropped", false, true, METRIC_NEITHER},
    {"tokens", "tokens", false, true, METRIC_NEITHER},
    {"epoch", "epoch", false, true, METRIC_NEITHER},
    {"step", "step", false, true, METRIC_NEITHER},
    {"num_tokens", "tokens seen", false, true, METRIC_NEITHER},
    {"eval_num_tokens", "tokens seen", false, true, METRIC_NEITHER},
    {"beta", "beta", false, true, METRIC_NEITHER},
    {"learning_rate", "learning rate", false, true, METRIC_NEITHER},
    {"limit", "limit to the KL", false, true, METRIC_NEITHER},
    {"violation", "violations of the limit", false, true, METRIC_NEITHER},
    {"before", "setting before", false, true, METRIC_NEITHER},
    {"after", "setting after", false, true, METRIC_NEITHER},
    {"back_to", "step of the rollback", false, true, METRIC_NEITHER},
    {"kl_divergence", "KL under another name", false, true, METRIC_NEITHER},
    {"eval_kl_divergence", "KL under another name", false, true, METRIC_NEITHER},
};
#define ROWS (sizeof table / sizeof *table)

static size_t find(struct text name)
{
    size_t i = 0;

    while (i < ROWS && !text_is(name, table[i].name)) i++;
    return i;
}

struct metric metric_of(struct text name)
{
    size_t row = find(name);

    return row < ROWS ? table[row] : (struct metric){0};
}

struct text metric_words(const struct metric *metric, struct text name)
{
    return metric->words ? text_of(metric->words) : name;
}

size_t metric_rank(struct text name)
{
    size_t row = find(name);

    return row < ROWS && table[row].better != METRIC_NEITHER ? row : SIZE_MAX;
}

size_t metric_order(struct text name)
{
    size_t row = find(name);

    return row < ROWS && table[row].better == METRIC_NEITHER ? ROWS + row
           : row < ROWS                                      ? row
                                                             : 2 * ROWS;
}
