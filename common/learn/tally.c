#include "learn/tally.h"

static const char *const names[TALLY_VALUES] = {
    "entropy",        "logits/chosen",    "logits/rejected",    "mean_token_accuracy",
    "rewards/chosen", "rewards/rejected", "rewards/accuracies", "rewards/margins",
    "logps/chosen",   "logps/rejected",   "kl_estimate"};

const char *tally_name(enum tally_value value)
{
    return names[value];
}

void tally_add(struct tally *tally, const struct tally_part *part)
{
    for (enum tally_value value = 0; value < TALLY_VALUES; value++)
        if (part->weights[value] > 0) {
            tally->sums[value] += part->sums[value] / part->weights[value];
            tally->counts[value]++;
        }
}

void tally_merge(struct tally *tally, const struct tally *more)
{
    for (enum tally_value value = 0; value < TALLY_VALUES; value++) {
        tally->sums[value] += more->sums[value];
        tally->counts[value] += more->counts[value];
    }
}

bool tally_mean(const struct tally *tally, enum tally_value value, double *mean)
{
    if (tally->counts[value] == 0) return false;
    *mean = tally->sums[value] / (double)tally->counts[value];
    return true;
}

json_t *tally_save(const struct tally *tally)
{
    json_t *json = json_object();

    for (enum tally_value value = 0; value < TALLY_VALUES; value++)
        if (tally->counts[value] > 0)
            json_object_set_new(
                json, names[value],
                json_pack("[f,I]", tally->sums[value], (json_int_t)tally->counts[value]));
    return json;
}

bool tally_load(struct tally *tally, const json_t *json, struct err *err)
{
    *tally = (struct tally){0};
    if (!json_is_object(json)) return err_set(err, "the sums of the log are missing");
    for (enum tally_value value = 0; value < TALLY_VALUES; value++) {
        const json_t *pair = json_object_get(json, names[value]);
        const json_t *sum = json_array_get(pair, 0), *count = json_array_get(pair, 1);

        if (!pair) continue;
        if (!json_is_number(sum) || !json_is_integer(count) || json_integer_value(count) < 1)
            return err_set(err, "the sum of '%s' is damaged", names[value]);
        tally->sums[value] = json_number_value(sum);
        tally->counts[value] = (uint64_t)json_integer_value(count);
    }
    return true;
}
