#include "filter/unseen.h"

#include "hash/hash_quick.h"
#include "records/stream.h"
#include "records/value.h"
#include "sources/aliases.h"
#include "sources/reader.h"

#include <ctype.h>
#include <string.h>

/* Marks that may be written or not: Arabic vowels and stretching, joiners without width. */
static bool is_mark(uint32_t code)
{
    return (code >= 0x64b && code <= 0x65f) || code == 0x670 || code == 0x640 ||
           (code >= 0x200b && code <= 0x200f) || code == 0xfeff;
}

static bool is_gap(uint32_t code)
{
    if (code < 0x80) return !isalnum((int)code);
    return (code >= 0x2000 && code <= 0x206f) || (code >= 0x3000 && code <= 0x3003) ||
           (code >= 0xa0 && code < 0xc0 && code != 0xaa && code != 0xb5 && code != 0xba) ||
           code == 0x60c || code == 0x61b || code == 0x61f;
}

/* Capitals of Latin-1, Greek and Cyrillic stand a fixed distance before their small letters. */
static uint32_t small(uint32_t code)
{
    if (code < 0x80) return (uint32_t)tolower((int)code);
    if ((code >= 0xc0 && code <= 0xde && code != 0xd7) || (code >= 0x391 && code <= 0x3a9) ||
        (code >= 0x410 && code <= 0x42f))
        return code + 32;
    return code >= 0x400 && code <= 0x40f ? code + 80 : code;
}

/* Does the mark at p, in text from begin to end, make another number or another calculation? */
static bool is_operator(const char *begin, const char *p, const char *end)
{
    bool after_digit = p > begin && isdigit((unsigned char)p[-1]);
    const char *next = p + 1;

    if (*p == '.' || *p == ',') return after_digit && next < end && isdigit((unsigned char)*next);
    if (*p != '-') return *p && strchr("+*/=<>%^$", *p);
    while (next < end && *next == ' ') next++;
    return next < end && isdigit((unsigned char)*next);
}

void normalize_text(struct text text, struct buffer *out)
{
    size_t begin = out->len;
    bool gap = false, joined = true; /* joined: no space is written before the next character */

    for (const char *p = text.at, *end = p + text.len; p < end;) {
        const char *at = p;
        uint32_t code = utf8_next(&p);
        bool keeps = is_operator(text.at, at, end);

        if (is_mark(code)) continue;
        if (is_gap(code) && !keeps) {
            gap = true;
            continue;
        }
        if (gap && !joined && !keeps) buffer_byte(out, ' ');
        gap = false;
        joined = keeps;
        utf8_add(out, small(code));
    }
    if (out->len == begin) buffer_add(out, text.at, text.len);
}

struct prompt_hashes {
    struct hash128 exact, normal;
};

static struct prompt_hashes hash_prompt(const struct unseen *unseen, struct pair *pair,
                                        const struct value *value, struct buffer *scratch)
{
    const struct value *before = pair->fields[FIELD_PROMPT];
    struct prompt_hashes hashes;
    struct text text;

    scratch->len = 0;
    pair->fields[FIELD_PROMPT] = value;
    pair_add_text(pair, FIELD_PROMPT, scratch);
    pair->fields[FIELD_PROMPT] = before;
    buffer_reserve(scratch, 2 * scratch->len + 4); /* the text must not move */
    text = (struct text){scratch->at, scratch->len};
    normalize_text(text, scratch);
    hashes.exact = hash_quick(unseen->key, text.at, text.len);
    hashes.normal = hash_quick(unseen->key, text.at + text.len, scratch->len - text.len);
    return hashes;
}

static const struct value *find_prompt(struct pair *pair)
{
    if (pair->fields[FIELD_PROMPT]) return pair->fields[FIELD_PROMPT];
    for (size_t i = 0; i < pair->scan.count; i++)
        if (alias_named(&pair->scan.members[i]) == FIELD_PROMPT)
            return &pair->scan.members[i].value;
    return NULL;
}

static bool add_line(struct unseen *unseen, const struct line *line, struct pair *pair,
                     struct buffer *scratch, struct err *err)
{
    struct text text = {line->at, line->len};
    struct prompt_hashes hashes;
    const struct value *value;
    uint64_t records;
    bool fresh;

    if (line->problem) return err_set(err, "%s", line->problem);
    if (seal_read(text, &records)) return true;
    if (!pair_scan(pair, text, err)) return false;
    value = find_prompt(pair);
    if (!value || (value->kind != KIND_STRING && value->kind != KIND_ARRAY))
        return err_set(err, "it has neither a 'prompt' nor a 'question'");
    hashes = hash_prompt(unseen, pair, value, scratch);
    seen_add(&unseen->exact, hashes.exact, &fresh);
    seen_add(&unseen->normal, hashes.normal, &fresh);
    return true;
}

static bool add_file(struct unseen *unseen, struct reader *reader, const char *path,
                     struct err *err)
{
    struct line_block block = {0};
    struct buffer scratch = {0};
    struct pair pair = {0};
    bool good = true;
    int got;

    while (good && (got = reader_next(reader, &block, err)) != 0) {
        good = got > 0;
        for (size_t i = 0; good && i < block.count; i++) {
            good = add_line(unseen, &block.lines[i], &pair, &scratch, err);
            if (!good) err_prefix(err, "%s:%llu", path, (unsigned long long)block.lines[i].number);
        }
    }
    line_block_release(&block);
    buffer_release(&scratch);
    pair_release(&pair);
    return good;
}

bool unseen_load(struct unseen *unseen, const char *path, struct err *err)
{
    struct reader reader;
    char *copy;
    bool good;

    copy = mem_copy_text(path);
    if (!unseen->active) unseen->key = hash_key_random(); /* several files share one set */
    unseen->active = true;
    good = reader_open(&reader, copy, err);
    if (good) {
        good = add_file(unseen, &reader, path, err);
        reader_close(&reader);
    }
    mem_free(copy);
    return good;
}

enum unseen_match unseen_find(const struct unseen *unseen, struct pair *pair,
                              struct buffer *scratch)
{
    struct prompt_hashes hashes = hash_prompt(unseen, pair, pair->fields[FIELD_PROMPT], scratch);

    if (seen_find(&unseen->exact, hashes.exact)) return UNSEEN_SAME;
    return seen_find(&unseen->normal, hashes.normal) ? UNSEEN_NEAR : UNSEEN_NEW;
}

void unseen_release(struct unseen *unseen)
{
    seen_release(&unseen->exact);
    seen_release(&unseen->normal);
}
