#include "sources/aliases.h"

#include "records/value.h"

#include <pthread.h>

static const struct {
    struct text name;
    enum field field;
} aliases[] = {
    {TEXT("question"), FIELD_PROMPT},
    {TEXT("instruction"), FIELD_PROMPT},
    {TEXT("query"), FIELD_PROMPT},
    {TEXT("conversations"), FIELD_PROMPT},
    {TEXT("chosen_response"), FIELD_CHOSEN},
    {TEXT("response_chosen"), FIELD_CHOSEN},
    {TEXT("preferred"), FIELD_CHOSEN},
    {TEXT("preferred_output"), FIELD_CHOSEN},
    {TEXT("rejected_response"), FIELD_REJECTED},
    {TEXT("response_rejected"), FIELD_REJECTED},
    {TEXT("dispreferred"), FIELD_REJECTED},
    {TEXT("non_preferred_output"), FIELD_REJECTED},
    {TEXT("consensus_strength"), FIELD_CONSENSUS},
    {TEXT("score_chosen"), FIELD_CHOSEN_SCORE},
    {TEXT("chosen-score"), FIELD_CHOSEN_SCORE},
    {TEXT("chosenScore"), FIELD_CHOSEN_SCORE},
    {TEXT("chosen_rating"), FIELD_CHOSEN_SCORE},
    {TEXT("chosen-rating"), FIELD_CHOSEN_SCORE},
    {TEXT("rating_chosen"), FIELD_CHOSEN_SCORE},
    {TEXT("score_rejected"), FIELD_REJECTED_SCORE},
    {TEXT("rejected-score"), FIELD_REJECTED_SCORE},
    {TEXT("rejectedScore"), FIELD_REJECTED_SCORE},
    {TEXT("rejected_rating"), FIELD_REJECTED_SCORE},
    {TEXT("rejected-rating"), FIELD_REJECTED_SCORE},
    {TEXT("rating_rejected"), FIELD_REJECTED_SCORE},
    {TEXT("annotator"), FIELD_ANNOTATOR},
    {TEXT("annotatorId"), FIELD_ANNOTATOR},
    {TEXT("annotator-id"), FIELD_ANNOTATOR},
    {TEXT("correct_answer"), FIELD_ANSWER},
    {TEXT("chosen_answer"), FIELD_ANSWER},
    {TEXT("system_prompt"), FIELD_SYSTEM},
};

#define ALIASES (sizeof aliases / sizeof aliases[0])

static uint64_t hashes[ALIASES];
static bool maybe[256]; /* by the lowest byte of a hash: is it worth a look? */

static void hash_names(void)
{
    for (size_t i = 0; i < ALIASES; i++) {
        hashes[i] = scan_hash(aliases[i].name);
        maybe[hashes[i] & 255] = true;
    }
}

enum field alias_named(const struct member *member)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, hash_names);
    for (size_t i = 0; maybe[member->hash & 255] && i < ALIASES; i++)
        if (member->hash == hashes[i] && value_is(&member->key, aliases[i].name))
            return aliases[i].field;
    return FIELD_UNKNOWN;
}
