/* Other people's names for the fields of a pair. */
#include "sources/aliases.h"

#include "check.h"

static enum field alias_of(const char *name)
{
    struct scan scan = {0};
    struct buffer json = {0};
    enum field field = FIELD_COUNT;

    buffer_format(&json, "{\"%s\":1}", name);
    if (CHECK(scan_json(&scan, json.at, json.len))) field = alias_named(&scan.members[0]);
    scan_release(&scan);
    buffer_release(&json);
    return field;
}

TEST(names)
{
    static const struct {
        const char *name;
        enum field field;
    } rows[] = {
        {"question", FIELD_PROMPT},
        {"instruction", FIELD_PROMPT},
        {"quer\\u0079", FIELD_PROMPT},
        {"conversations", FIELD_PROMPT},
        {"chosen_response", FIELD_CHOSEN},
        {"response_rejected", FIELD_REJECTED},
        {"consensus_strength", FIELD_CONSENSUS},
        {"chosen-rating", FIELD_CHOSEN_SCORE},
        {"score_rejected", FIELD_REJECTED_SCORE},
        {"annotator", FIELD_ANNOTATOR},
        {"correct_answer", FIELD_ANSWER},
        {"system_prompt", FIELD_SYSTEM},
        {"prompt", FIELD_UNKNOWN}, /* ours, not theirs */
        {"Question", FIELD_UNKNOWN},
        {"questions", FIELD_UNKNOWN},
        {"", FIELD_UNKNOWN},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        check_claim(alias_of(rows[i].name) == rows[i].field, __FILE__, __LINE__, "'%s'",
                    rows[i].name);
}

int main(void)
{
    RUN(names);
    return check_end();
}
