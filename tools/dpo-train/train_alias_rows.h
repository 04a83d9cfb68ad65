/* How the rows of train_aliases.c are written: what kind each is, and reasons that several have. */
#ifndef TOOLS_TRAIN_ALIAS_ROWS_H
#define TOOLS_TRAIN_ALIAS_ROWS_H

#include "options/config_file.h"

#include <stddef.h>

#define IS(name, option)                                                                           \
    {                                                                                              \
        name, NULL, ALIAS_OPTION, option, NULL, NULL, 0                                            \
    }
#define SET(name, value, option, set)                                                              \
    {                                                                                              \
        name, value, ALIAS_OPTION, option, set, NULL, 0                                            \
    }
#define UNLESS(name, value, option, set)                                                           \
    {                                                                                              \
        name, value, ALIAS_DEFAULT, option, set, NULL, 0                                           \
    }
#define ALWAYS(name, value, option, set, why)                                                      \
    {                                                                                              \
        name, value, ALIAS_ALWAYS, option, set, why, 0                                             \
    }
#define SAME(name, option, why)                                                                    \
    {                                                                                              \
        name, NULL, ALIAS_SAME, option, NULL, why, 0                                               \
    }
#define PASS(name)                                                                                 \
    {                                                                                              \
        name, NULL, ALIAS_NOTE, NULL, NULL, NULL, 0                                                \
    }
#define FINE(name, value)                                                                          \
    {                                                                                              \
        name, value, ALIAS_NOTE, NULL, NULL, NULL, 0                                               \
    }
#define NOTE(name, why)                                                                            \
    {                                                                                              \
        name, NULL, ALIAS_NOTE, NULL, NULL, why, 0                                                 \
    }
#define REFUSE(name, why)                                                                          \
    {                                                                                              \
        name, NULL, ALIAS_REFUSED, NULL, NULL, why, 0                                              \
    }

#define SAME_AT(name, value, option, set, why)                                                     \
    {                                                                                              \
        name, value, ALIAS_SAME, option, set, why, 0                                               \
    }
#define REFUSE_AT(name, value, why)                                                                \
    {                                                                                              \
        name, value, ALIAS_REFUSED, NULL, NULL, why, 0                                             \
    }

#define OURS "how this is computed is decided here, and changes no result"
#define MEMORY "what is kept and what is computed again follows from --memory"
#define LOADER "data are read once and stay in memory; see --threads"
#define PADDING "nothing is padded here"
#define ALONE "one process uses all processors; see --threads"
#define LOCAL "nothing is sent anywhere; RUN holds metrics.jsonl and TensorBoard's files"
#define PRODUCTS "products are as --precision says"
#define WHOLE "a checkpoint holds all that --resume needs"
#define FILES "TRAIN and --eval are files; dpo-merge makes one, and dpo-split the parts of one"
#define STEPS "only steps are counted: give a number of steps"
#define ABSENT "this is not here, and without it the result is another one"
#define SUM "write one sum, as in 'loss = sigmoid+0.5*sft'"
#define CUT "answers are cut by max_length alone; dpo-filter --max-tokens drops long ones"
#define KWARGS "write them behind the kind: lr_scheduler = cosine_with_min_lr,min_lr_rate=0.1"
#define ORDER "the order is shuffled or sequential; see --order"
#define BEST "the best is known by eval_loss, eval_rewards/margins or eval_rewards/accuracies"

#endif
