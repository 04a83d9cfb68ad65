#include "bpe/added.h"

#include "unicode/classes.h"

#include <stdlib.h>
#include <string.h>

void added_add(struct added *added, const struct added_token *token, struct text pattern)
{
    struct added_token *row;

    added->tokens = mem_room(added->tokens, added->count, &added->room, sizeof *added->tokens);
    row = &added->tokens[added->count++];
    *row = *token;
    row->at = (uint32_t)added->patterns.len;
    row->len = (uint32_t)pattern.len;
    buffer_add(&added->patterns, pattern.at, pattern.len);
}

struct text added_pattern(const struct added *added, const struct added_token *token)
{
    return (struct text){added->patterns.at + token->at, token->len};
}

static int by_pattern(const void *a, const void *b, void *patterns)
{
    const struct added_token *x = a, *y = b;
    const char *at = patterns;
    int order = memcmp(at + x->at, at + y->at, x->len < y->len ? x->len : y->len);

    return order ? order : (x->len > y->len) - (x->len < y->len);
}

bool added_finish(struct added *added)
{
    bool differ = true;

    added->only = -1;
    if (!added->count) return true;
    qsort_r(added->tokens, added->count, sizeof *added->tokens, by_pattern, added->patterns.at);
    added->only = (unsigned char)*added_pattern(added, added->tokens).at;
    for (size_t i = 0; i < added->count; i++) {
        unsigned char first = (unsigned char)*added_pattern(added, &added->tokens[i]).at;

        added->starts[first] = 1;
        if (first != added->only) added->only = -1;
        if (i && !by_pattern(&added->tokens[i - 1], &added->tokens[i], added->patterns.at))
            differ = false;
    }
    return differ;
}

void added_release(struct added *added)
{
    mem_free(added->tokens);
    buffer_release(&added->patterns);
    *added = (struct added){0};
}

/* Of the sorted tokens low to high, which share their first depth bytes, the first whose next byte
 * is at least byte; a pattern that ends there comes before all. */
static size_t first_with(const struct added *added, size_t low, size_t high, size_t depth, int byte)
{
    while (low < high) {
        size_t middle = (low + high) / 2;
        struct text pattern = added_pattern(added, &added->tokens[middle]);
        int next = pattern.len > depth ? (unsigned char)pattern.at[depth] : -1;

        if (next < byte)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct added_token *longest_at(const struct added *added, const char *at,
                                            const char *end)
{
    const struct added_token *longest = NULL;
    size_t low = 0, high = added->count;

    for (size_t depth = 0; low < high; depth++) {
        const struct added_token *first = &added->tokens[low];
        int byte;

        if (first->len == depth) longest = first;
        if (at + depth == end) break;
        byte = (unsigned char)at[depth];
        low = first_with(added, low, high, depth, byte);
        high = first_with(added, low, high, depth, byte + 1);
    }
    return longest;
}

static const char *next_start(const struct added *added, const char *at, const char *end)
{
    const char *found;

    if (!added->count || at == end) return end;
    if (added->only >= 0) {
        found = memchr(at, added->only, (size_t)(end - at));
        return found ? found : end;
    }
    while (at < end && !added->starts[(unsigned char)*at]) at++;
    return at;
}

static bool is_word(const char *at)
{
    unsigned len;

    return class_bits(utf8_code(at, &len)) & CLASS_WORD;
}

static bool stands_alone(const char *begin, const char *end, struct text text)
{
    if (begin > text.at && is_word(utf8_before(begin))) return false;
    return end == text.at + text.len || !is_word(end);
}

static const char *space_before(const char *at, const char *begin)
{
    unsigned len;

    while (at > begin && class_is_space(utf8_code(utf8_before(at), &len))) at = utf8_before(at);
    return at;
}

static const char *space_behind(const char *at, const char *end)
{
    unsigned len;

    while (at < end && class_is_space(utf8_code(at, &len))) at += len;
    return at;
}

static bool take(struct added_search *search, const char *begin, const char *end)
{
    const struct added_token *token = search->token;
    const char *text = search->text.at;

    if (token->special && search->plain_special) return false;
    if (token->single_word && !stands_alone(begin, end, search->text)) return false;
    if (token->lstrip) begin = space_before(begin, text + search->done);
    if (token->rstrip) end = space_behind(end, text + search->text.len);
    search->begin = (size_t)(begin - text);
    search->end = (size_t)(end - text);
    search->done = search->end;
    return true;
}

bool added_next(struct added_search *search)
{
    const char *text = search->text.at, *end = text + search->text.len;
    const char *at = text + search->from;

    while ((at = next_start(search->added, at, end)) < end) {
        const char *begin = at;

        search->token = longest_at(search->added, at, end);
        at += search->token ? search->token->len : 1;
        search->from = (size_t)(at - text);
        if (search->token && take(search, begin, at)) return true;
    }
    return false;
}
