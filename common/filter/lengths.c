#include "filter/lengths.h"

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

bool lengths_find(struct lengths_desk *desk, const struct language *language,
                  const char *prompt_format, struct pair *pair, struct lengths *lengths,
                  struct err *err)
{
    if (!desk->ready) {
        desk->rules.prompt_format = prompt_format;
        tree_maker_init(&desk->maker, language, &desk->rules);
        desk->ready = true;
    }
    if (tree_make(&desk->maker, pair, &desk->tree, err) < 0) return false;
    lengths->prompt = desk->tree.prompt;
    lengths->whole =
        desk->tree.prompt + larger(desk->tree.chosen.answer, desk->tree.rejected.answer);
    return true;
}

void lengths_desk_release(struct lengths_desk *desk)
{
    if (desk->ready) tree_maker_release(&desk->maker);
    tree_release(&desk->tree);
}
