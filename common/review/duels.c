#include "review/duels.h"

#include "review/hex.h"

#include <stdlib.h>
#include <string.h>

static struct text answer_of(const struct duels *duels, size_t now, size_t baseline, bool second,
                             struct buffer *scratch)
{
    if (!second) return results_text(duels->now, now, RESULTS_GENERATED, scratch);
    return results_text(duels->baseline, baseline,
                        duels->baseline == duels->now ? RESULTS_REFERENCE : RESULTS_GENERATED,
                        scratch);
}

struct text duels_prompt(const struct duels *duels, size_t i, struct buffer *scratch)
{
    return results_text(duels->now, duels->items[i].now, RESULTS_PROMPT, scratch);
}

struct text duels_now(const struct duels *duels, size_t i, struct buffer *scratch)
{
    return answer_of(duels, duels->items[i].now, duels->items[i].baseline, false, scratch);
}

struct text duels_baseline(const struct duels *duels, size_t i, struct buffer *scratch)
{
    return answer_of(duels, duels->items[i].now, duels->items[i].baseline, true, scratch);
}

static bool answered(const struct results *results, size_t item, enum results_member member)
{
    return results->items[item].members[member].kind == KIND_STRING;
}

static bool same_prompt(const struct results_item *a, const struct results_item *b)
{
    return a->prompt.low == b->prompt.low && a->prompt.high == b->prompt.high;
}

/* A record of now: a duel, or one more that is none. */
static void meet(struct duels *duels, size_t now, size_t baseline,
                 const struct results_groups *categories, struct buffer scratch[2])
{
    const bool alone = duels->baseline == duels->now;
    struct text a, b;

    if (!answered(duels->now, now, RESULTS_GENERATED) ||
        !answered(duels->baseline, baseline, alone ? RESULTS_REFERENCE : RESULTS_GENERATED)) {
        duels->missing++;
        return;
    }
    scratch[0].len = scratch[1].len = 0;
    a = answer_of(duels, now, baseline, false, &scratch[0]);
    b = answer_of(duels, now, baseline, true, &scratch[1]);
    if (a.len == b.len && (!a.len || memcmp(a.at, b.at, a.len) == 0)) {
        duels->same++;
        return;
    }
    duels->items[duels->count++] =
        (struct duel){.now = now,
                      .baseline = baseline,
                      .key = duels->now->items[now].key,
                      .category = categories ? categories->values[now] : (struct text){0}};
}

static bool some(const struct duels *duels, struct err *err)
{
    const char *now = duels->now->path, *baseline = duels->baseline->path;

    if (duels->count) return true;
    if (duels->same)
        return err_set(err, "%s: both answers are the same to all %zu prompts: nothing to choose",
                       now, duels->same);
    if (!duels->now->count) return err_set(err, "%s: no record", now);
    if (duels->unmatched == duels->now->count)
        return err_set(err, "%s: none of its prompts is in '%s'", now, baseline);
    if (duels->now == duels->baseline)
        return err_set(err,
                       "%s: no record has two answers: evaluate with --compare, or name the other "
                       "results with --baseline",
                       now);
    return err_set(err, "no prompt has an answer in both '%s' and '%s'", now, baseline);
}

bool duels_find(struct duels *duels, const struct results *now, const struct results *baseline,
                struct err *err)
{
    const struct results_groups *categories = results_groups_named(now, TEXT("category"));
    struct buffer scratch[2] = {0};
    bool good = true;

    *duels = (struct duels){.now = now, .baseline = baseline ? baseline : now};
    duels->items = mem_zero(now->count, sizeof *duels->items);
    for (size_t i = 0; i < now->count && good; i++) {
        size_t other = i;

        if (baseline && !results_find(baseline, now->items[i].key, &other))
            duels->unmatched++;
        else if (!same_prompt(&now->items[i], &duels->baseline->items[other]))
            good =
                err_set(err,
                        "%s:%llu: another prompt than the record of the same id in '%s': "
                        "results of another test set",
                        now->path, (unsigned long long)now->items[i].line, duels->baseline->path);
        else
            meet(duels, i, other, categories, scratch);
    }
    buffer_release(&scratch[0]);
    buffer_release(&scratch[1]);
    if (good && some(duels, err)) return true;
    duels_release(duels);
    return false;
}

void duels_release(struct duels *duels)
{
    mem_free(duels->items);
    *duels = (struct duels){0};
}

/* Every page and table gives such an id back as it came. */
static bool can_be_shown(struct text id)
{
    for (size_t i = 0; i < id.len; i++) {
        const unsigned char byte = (unsigned char)id.at[i];

        if (byte < 0x20 || byte == 0x7f) return false;
        if (byte == 0xc2 && i + 1 < id.len && (unsigned char)id.at[i + 1] < 0xa0) return false;
    }
    return id.len && id.len <= 200 && id.at[0] != ' ' && id.at[id.len - 1] != ' ';
}

static bool same_key(struct hash128 a, struct hash128 b)
{
    return a.low == b.low && a.high == b.high;
}

static void nameless(struct hash128 key, struct buffer *name)
{
    buffer_byte(name, '#');
    hex_write(name, key.high);
    hex_write(name, key.low);
}

void duels_name(const struct duels *duels, size_t i, struct buffer *name)
{
    const struct results_item *item = &duels->now->items[duels->items[i].now];
    const struct text id = item->id;

    if (can_be_shown(id) && same_key(results_key(id), item->key))
        buffer_add(name, id.at, id.len);
    else
        nameless(duels->items[i].key, name);
}

static bool key_read(struct text name, struct hash128 *key)
{
    if (name.len != 33 || name.at[0] != '#') return false;
    return hex_read((struct text){name.at + 1, 16}, &key->high) &&
           hex_read((struct text){name.at + 17, 16}, &key->low);
}

static int by_item(const void *key, const void *element)
{
    const size_t item = *(const size_t *)key;
    const struct duel *duel = element;

    return item < duel->now ? -1 : item > duel->now;
}

bool duels_named(const struct duels *duels, struct text name, size_t *i)
{
    const struct duel *found;
    struct hash128 key;
    size_t item;

    if (!results_find(duels->now, results_key(name), &item) &&
        !(key_read(name, &key) && results_find(duels->now, key, &item)))
        return false;
    found = bsearch(&item, duels->items, duels->count, sizeof *duels->items, by_item);
    if (!found) return false;
    *i = (size_t)(found - duels->items);
    return true;
}
