#include "sources/aliases.h"

#include "records/names.h"

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

static struct names names = NAMES_OF(aliases);

static void prepare(void)
{
    names_prepare(&names);
}

enum field alias_named(const struct member *member)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    size_t row;

    pthread_once(&once, prepare);
    row = names_find(&names, member);
    return row < names.count ? aliases[row].field : FIELD_UNKNOWN;
}
