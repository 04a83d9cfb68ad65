/* How the rows of train_aliases.c are written: what kind each is, and reasons that several have. */
#ifndef TOOLS_TRAIN_ALIAS_ROWS_H
#define TOOLS_TRAIN_ALIAS_ROWS_H

#include "options/config_file.h"

#include <stddef.h>

#define ROW(kind, name, value, option, set, why)                                                   \
    {                                                                                              \
        name, value, ALIAS_##kind, option, set, why, 0                                             \
    }
#define IS(name, option) ROW(OPTION, name, NULL, option, NULL, NULL)
#define SET(name, value, option, set) ROW(OPTION, name, value, option, set, NULL)
#define UNLESS(name, value, option, set) ROW(DEFAULT, name, value, option, set, NULL)
#define ALWAYS(name, value, option, set, why) ROW(ALWAYS, name, value, option, set, why)
#define SAME(name, option, why) ROW(SAME, name, NULL, option, NULL, why)
#define SAME_AT(name, value, option, set, why) ROW(SAME, name, value, option, set, why)
#define PASS(name) ROW(NOTE, name, NULL, NULL, NULL, NULL)
#define FINE(name, value) ROW(NOTE, name, value, NULL, NULL, NULL)
#define NOTE(name, why) ROW(NOTE, name, NULL, NULL, NULL, why)
#define REFUSE(name, why) ROW(REFUSED, name, NULL, NULL, NULL, why)
#define REFUSE_AT(name, value, why) ROW(REFUSED, name, value, NULL, NULL, why)

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
