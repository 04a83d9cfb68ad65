#include "page/difference.h"

#include "page/html.h"
#include "unicode/classes.h"

#include <string.h>

#define EDITS ((size_t)1000) /* insertions and deletions that are looked for, at most */

struct words {
    struct text *items;
    size_t count, room;
};

static unsigned kind_at(const char *at, const char *end, unsigned *len)
{
    unsigned kind;

    *len = utf8_length((unsigned char)*at);
    if (*len > (size_t)(end - at)) return *len = 1, CLASS_OTHER;
    kind = class_of(utf8_code(at, len));
    if (kind == CLASS_NUMBER) return CLASS_LETTER;
    return kind == CLASS_NEWLINE ? CLASS_SPACE : kind;
}

/* Marks above letters are no letters, but belong to them. */
static bool is_mark(const char *at, const char *end)
{
    unsigned len = utf8_length((unsigned char)*at);

    if (len < 2 || len > (size_t)(end - at)) return false;
    return (class_bits(utf8_code(at, &len)) & (CLASS_KIND | CLASS_WORD)) == CLASS_WORD;
}

/* text is valid UTF-8, or its broken bytes are words of their own. */
static void cut_words(struct words *words, struct text text)
{
    const char *at = text.at, *end = text.len ? at + text.len : at;

    words->items = mem_room(words->items, 0, &words->room, sizeof *words->items);
    while (at < end) {
        unsigned len, kind = kind_at(at, end, &len);
        const char *begin = at;

        at += len;
        while (at < end && kind != CLASS_OTHER) {
            if (kind_at(at, end, &len) != kind && !(kind == CLASS_LETTER && is_mark(at, end)))
                break;
            at += len;
        }
        words->items = mem_room(words->items, words->count, &words->room, sizeof *words->items);
        words->items[words->count++] = (struct text){begin, (size_t)(at - begin)};
    }
}

static bool same(struct text a, struct text b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

static void add_part(struct difference *difference, enum difference_kind kind, struct text text)
{
    struct difference_part *last =
        difference->count ? &difference->parts[difference->count - 1] : NULL;

    if (text.len == 0) return;
    if (last && last->kind == kind && last->text.at + last->text.len == text.at) {
        last->text.len += text.len;
        return;
    }
    difference->parts = mem_room(difference->parts, difference->count, &difference->room,
                                 sizeof *difference->parts);
    difference->parts[difference->count++] = (struct difference_part){kind, text};
}

/* Myers' greedy search: furthest[k] is how far in a one comes on the diagonal k = x - y with so
 * many edits. Each round is kept to walk back on. */
struct search {
    const struct text *a, *b;
    size_t m, n;
    size_t *rounds; /* the d-th begins at d * (d + 1) / 2 and has its d + 1 diagonals */
};

static size_t furthest(const struct search *search, size_t d, size_t i)
{
    return search->rounds[d * (d + 1) / 2 + i];
}

/* Of round d diagonal number i is k = 2 i - d. Did one come to it by an insertion (from k + 1)? Out
 * of range counts as not reached. */
static bool came_down(const struct search *search, size_t d, size_t i)
{
    if (i == 0) return true;
    if (i == d) return false;
    return furthest(search, d - 1, i - 1) < furthest(search, d - 1, i);
}

static bool find_round(const struct search *search, size_t d, size_t *end)
{
    for (size_t i = 0; i <= d; i++) {
        size_t x = 0, y;

        if (d > 0)
            x = came_down(search, d, i) ? furthest(search, d - 1, i)
                                        : furthest(search, d - 1, i - 1) + 1;
        y = x + d - 2 * i; /* never below 0: on diagonal k > 0 one is k words on in a */
        while (x < search->m && y < search->n && same(search->a[x], search->b[y])) x++, y++;
        search->rounds[d * (d + 1) / 2 + i] = x;
        if (x == search->m && y == search->n) return *end = i, true;
    }
    return false;
}

/* The kinds of the steps from the end to the beginning: steps has room for m + n. */
static size_t walk_back(const struct search *search, size_t d, size_t i, char *steps)
{
    size_t x = search->m, count = 0;

    for (;; d--) {
        bool down = d > 0 && came_down(search, d, i);
        size_t from = 0;

        if (d > 0) from = down ? furthest(search, d - 1, i) : furthest(search, d - 1, i - 1) + 1;
        for (; x > from; x--) steps[count++] = DIFFERENCE_SAME;
        if (d == 0) return count;
        steps[count++] = down ? DIFFERENCE_NEW : DIFFERENCE_GONE;
        if (!down) x--, i--;
    }
}

static void add_steps(struct difference *difference, const struct search *search, const char *steps,
                      size_t count)
{
    size_t x = 0, y = 0;

    while (count-- > 0) {
        switch (steps[count]) {
        case DIFFERENCE_SAME:
            add_part(difference, DIFFERENCE_SAME, search->b[y]);
            x++, y++;
            break;
        // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): x words went, so there are some
        case DIFFERENCE_GONE: add_part(difference, DIFFERENCE_GONE, search->a[x++]); break;
        default: add_part(difference, DIFFERENCE_NEW, search->b[y++]);
        }
    }
}

static void add_words(struct difference *difference, enum difference_kind kind,
                      const struct text *words, size_t count)
{
    for (size_t i = 0; i < count; i++) add_part(difference, kind, words[i]);
}

/* What stands between the common beginning and the common end. */
static void compare_middle(struct difference *difference, struct search *search)
{
    size_t most = search->m + search->n < EDITS ? search->m + search->n : EDITS, end = 0, d = 0;
    bool found = false;

    search->rounds = mem_alloc(mem_product((most + 1) * (most + 2) / 2, sizeof *search->rounds));
    for (; !found && d <= most; d++) found = find_round(search, d, &end);
    if (found) {
        char *steps = mem_alloc(search->m + search->n + 1);

        add_steps(difference, search, steps, walk_back(search, d - 1, end, steps));
        mem_free(steps);
    } else {
        add_words(difference, DIFFERENCE_GONE, search->a, search->m);
        add_words(difference, DIFFERENCE_NEW, search->b, search->n);
    }
    mem_free(search->rounds);
}

void difference_find(struct difference *difference, struct text before, struct text after)
{
    struct words a = {0}, b = {0};
    size_t head = 0, tail = 0;
    struct search search;

    *difference = (struct difference){0};
    cut_words(&a, before);
    cut_words(&b, after);
    while (head < a.count && head < b.count && same(a.items[head], b.items[head])) head++;
    while (tail < a.count - head && tail < b.count - head &&
           same(a.items[a.count - tail - 1], b.items[b.count - tail - 1]))
        tail++;
    search = (struct search){a.items + head, b.items + head, a.count - head - tail,
                             b.count - head - tail, NULL};
    add_words(difference, DIFFERENCE_SAME, b.items, head);
    compare_middle(difference, &search);
    add_words(difference, DIFFERENCE_SAME, b.items + b.count - tail, tail);
    mem_free(a.items);
    mem_free(b.items);
}

void difference_release(struct difference *difference)
{
    mem_free(difference->parts);
    *difference = (struct difference){0};
}

double difference_share(const struct difference *difference)
{
    size_t all = 0, same_bytes = 0;

    for (size_t i = 0; i < difference->count; i++) {
        const struct difference_part *part = &difference->parts[i];

        all += part->kind == DIFFERENCE_SAME ? 2 * part->text.len : part->text.len;
        if (part->kind == DIFFERENCE_SAME) same_bytes += 2 * part->text.len;
    }
    return all ? (double)same_bytes / (double)all : 1;
}

void difference_html(const struct difference *difference, enum difference_kind marked,
                     struct buffer *page)
{
    const char *tag = marked == DIFFERENCE_GONE ? "del" : "ins";

    for (size_t i = 0; i < difference->count; i++) {
        const struct difference_part *part = &difference->parts[i];

        if (part->kind != DIFFERENCE_SAME && part->kind != marked) continue;
        if (part->kind == marked) buffer_format(page, "<%s>", tag);
        html_text(page, part->text);
        if (part->kind == marked) buffer_format(page, "</%s>", tag);
    }
}
