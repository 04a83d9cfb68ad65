#include "results/goal.h"

bool goal_is_less(struct text name)
{
    static const char *const names[] = {"loss",           "perplexity",       "kl",
                                        "kl_sequence",    "refusal",          "repetition",
                                        "voice_negative", "rewards/rejected", "logps/rejected"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_is(name, names[i])) return true;
    return false;
}
