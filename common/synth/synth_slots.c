#include "synth/synth_slots.h"

#include "synth/synth_moments.h"
#include "synth/synth_words.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#define DRAWS 32 /* to get another value than before; a list has at least three words */

/* One slot as it stands in a pattern. */
struct hole {
    struct text name, range;
    char sign; /* 0: none */
};

/* at is behind the brace; returns what follows the closing one. */
static const char *read_hole(const char *at, struct hole *hole)
{
    const char *end = strchr(at, '}');

    assert(end);
    *hole = (struct hole){.name = {at, strcspn(at, ":,=^}")}};
    at += hole->name.len;
    if (*at == ':') {
        hole->range = (struct text){at + 1, strcspn(at + 1, ",=^}")};
        at += 1 + hole->range.len;
    }
    if (at < end) hole->sign = *at;
    return end + 1;
}

static bool same(struct text a, struct text b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

static struct text list_of(struct text name)
{
    while (name.len && isdigit((unsigned char)name.at[name.len - 1])) name.len--;
    return name;
}

static struct text plain_of(const struct slots *slots, const struct slot *slot)
{
    return buffer_part(&slots->text, slot->plain, slot->plain + slot->plain_len);
}

static void set_texts(struct slots *slots, struct slot *slot, struct text shown, struct text plain)
{
    slot->shown = slots->text.len;
    slot->shown_len = shown.len;
    buffer_add(&slots->text, shown.at, shown.len);
    slot->plain = slots->text.len;
    slot->plain_len = plain.len;
    buffer_add(&slots->text, plain.at, plain.len);
}

/* A number of the range in units of its last decimal: '1.50' is 150. */
static size_t read_units(const char **at, size_t *decimals)
{
    size_t units = 0;

    *decimals = 0;
    for (bool point = false; isdigit((unsigned char)**at) || **at == '.'; ++*at) {
        if (**at == '.') {
            point = true;
            continue;
        }
        units = units * 10 + (size_t)(**at - '0');
        *decimals += point;
    }
    return units;
}

static void draw_number(struct slots *slots, struct slot *slot)
{
    const char *at = slot->range.at;
    size_t decimals, low = read_units(&at, &decimals), high, step = 1, scale = 1, units;
    struct buffer number = {0};

    assert(*at == '-');
    at++;
    high = read_units(&at, &decimals);
    if (*at == '/') {
        at++;
        step = read_units(&at, &decimals);
    }
    assert(low <= high && step > 0);
    units = low + step * random_upto(slots->random, (high - low) / step);
    for (size_t i = 0; i < decimals; i++) scale *= 10;
    if (decimals)
        buffer_format(&number, "%zu.%0*zu", units / scale, (int)decimals, units % scale);
    else
        buffer_format(&number, "%zu", units);
    set_texts(slots, slot, (struct text){number.at, number.len},
              (struct text){number.at, number.len});
    buffer_release(&number);
}

static struct text without_article(struct text word)
{
    static const char *const articles[] = {"the ", "a ", "an "};

    for (size_t i = 0; i < sizeof articles / sizeof *articles; i++) {
        size_t len = strlen(articles[i]);

        if (word.len <= len || memcmp(word.at, articles[i], len) != 0) continue;
        return (struct text){word.at + len, word.len - len};
    }
    return word;
}

static struct text draw_word(struct slots *slots, struct text list_name)
{
    const struct words *words = words_named(list_name);
    const char *list;

    assert(words);
    list = words->halves[slots->heldout];
    return words_pick(list, random_upto(slots->random, words_count(list) - 1));
}

static void draw_person(struct slots *slots, struct slot *slot)
{
    struct text first = draw_word(slots, TEXT("first")), last = draw_word(slots, TEXT("last"));
    struct buffer name = {0};

    buffer_add(&name, first.at, first.len);
    buffer_byte(&name, ' ');
    buffer_add(&name, last.at, last.len);
    set_texts(slots, slot, (struct text){name.at, name.len}, (struct text){name.at, name.len});
    buffer_release(&name);
}

static void fill(struct slots *slots, struct text pattern, struct buffer *out);

static void draw_listed(struct slots *slots, struct slot *slot, struct text list_name)
{
    struct text word = draw_word(slots, list_name);
    struct buffer filled = {0};

    if (!memchr(word.at, '{', word.len)) {
        set_texts(slots, slot, word, without_article(word));
        return;
    }
    fill(slots, word, &filled);
    word = (struct text){filled.at, filled.len};
    set_texts(slots, slot, word, word);
    buffer_release(&filled);
}

static void draw_once(struct slots *slots, struct slot *slot)
{
    struct text list = list_of(slot->name);
    struct moment moment;

    if (slot->range.len)
        draw_number(slots, slot);
    else if (moment_draw(list, slots->random, &moment))
        set_texts(slots, slot, text_of(moment.shown), text_of(moment.plain));
    else if (text_is(list, "person"))
        draw_person(slots, slot);
    else
        draw_listed(slots, slot, list);
}

/* Does another slot that is drawn from the same list hold the same? Numbers may be equal. */
static bool taken(const struct slots *slots, const struct slot *slot)
{
    struct text list = list_of(slot->name), plain = plain_of(slots, slot);

    if (slot->range.len) return false;
    for (const struct slot *other = slots->all; other < slots->all + slots->count; other++)
        if (other != slot && same(list_of(other->name), list) &&
            same(plain_of(slots, other), plain))
            return true;
    return false;
}

static struct slot *find(struct slots *slots, struct text name)
{
    for (size_t i = 0; i < slots->count; i++)
        if (same(slots->all[i].name, name)) return &slots->all[i];
    return NULL;
}

static struct slot *add(struct slots *slots, struct text name, struct text range)
{
    assert(slots->count < SLOTS_MAX);
    slots->all[slots->count] = (struct slot){.name = name, .range = range};
    return &slots->all[slots->count++];
}

static struct slot *get(struct slots *slots, const struct hole *hole)
{
    struct slot *slot = find(slots, hole->name);

    if (slot) return slot;
    slot = add(slots, hole->name, hole->range);
    for (int i = 0; i < DRAWS; i++) {
        draw_once(slots, slot);
        if (!taken(slots, slot)) break;
    }
    return slot;
}

static void add_commas(struct buffer *out, struct text number)
{
    const char *point = memchr(number.at, '.', number.len);
    size_t whole = point ? (size_t)(point - number.at) : number.len;

    for (size_t i = 0; i < number.len; i++) {
        if (i && i < whole && (whole - i) % 3 == 0) buffer_byte(out, ',');
        buffer_byte(out, number.at[i]);
    }
}

static void fill_hole(struct slots *slots, const struct hole *hole, struct buffer *out)
{
    const struct slot *slot = get(slots, hole);
    struct text shown = buffer_part(&slots->text, slot->shown, slot->shown + slot->shown_len);
    struct text plain = plain_of(slots, slot);
    size_t start = out->len;

    if (hole->sign == ',')
        add_commas(out, shown);
    else if (hole->sign == '=' || hole->sign == '^')
        buffer_add(out, plain.at, plain.len);
    else
        buffer_add(out, shown.at, shown.len);
    if (hole->sign == '^' && plain.len)
        out->at[start] = (char)toupper((unsigned char)out->at[start]);
}

static void fill(struct slots *slots, struct text pattern, struct buffer *out)
{
    const char *at = pattern.at, *end = at + pattern.len;
    struct hole hole;

    while (at < end) {
        const char *brace = memchr(at, '{', (size_t)(end - at));

        buffer_add(out, at, (size_t)((brace ? brace : end) - at));
        if (!brace) return;
        at = read_hole(brace + 1, &hole);
        fill_hole(slots, &hole, out);
    }
}

void slots_clear(struct slots *slots)
{
    slots->count = 0;
    slots->text.len = 0;
}

void slots_release(struct slots *slots)
{
    buffer_release(&slots->text);
    slots->count = 0;
}

void slots_bind(struct slots *slots, const char *name, struct text text)
{
    struct slot *slot = find(slots, text_of(name));

    if (!slot) slot = add(slots, text_of(name), (struct text){NULL, 0});
    set_texts(slots, slot, text, text);
}

void slots_fill(struct slots *slots, const char *pattern, struct buffer *out)
{
    fill(slots, text_of(pattern), out);
}

void slots_redraw(struct slots *slots, struct slot *slot)
{
    struct slot before = *slot;

    for (int i = 0; i < DRAWS; i++) {
        draw_once(slots, slot);
        if (!taken(slots, slot) && !same(plain_of(slots, slot), plain_of(slots, &before))) return;
    }
}

struct slot *slots_next(struct slots *slots, const char **pattern)
{
    const char *brace = strchr(*pattern, '{');
    struct hole hole;

    if (!brace) return NULL;
    *pattern = read_hole(brace + 1, &hole);
    return get(slots, &hole);
}

bool slot_is_number(const struct slots *slots, const struct slot *slot)
{
    struct text plain = plain_of(slots, slot);

    for (size_t i = 0; i < plain.len; i++)
        if (isdigit((unsigned char)plain.at[i])) return true;
    return false;
}
