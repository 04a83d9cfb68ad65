#include "records/scan.h"

#include "records/scan_run.h"
#include "records/value.h"

#include <stdlib.h>
#include <string.h>

#define FEW_KEYS 12   /* up to here comparing each with each is fastest */
#define MANY_KEYS 100 /* from here on prepared collisions would cost too much */

enum step { WANT_VALUE, WANT_FIRST_VALUE, WANT_FIRST_KEY, AFTER_VALUE, DONE, BAD };

struct cursor {
    const char *start, *p, *end;
    struct scan *scan;
    unsigned depth;                 /* open containers */
    uint64_t objects;               /* one bit a level: is it an object? */
    size_t keys_before[SCAN_DEPTH]; /* where each level's keys begin */
    struct value key;               /* of the member at the root that is being read */
    uint64_t hash;
    const char *value_at; /* where the root's member that is being read begins */
};

static uint64_t word_of(const char *at, size_t len)
{
    uint64_t word = 0;

    memcpy(&word, at, len);
    return word;
}

/* Any mixing will do that spreads keys: equal hashes are compared byte by byte. The last word
 * overlaps the one before it, so that no byte needs a loop of its own. */
uint64_t scan_hash(struct text key)
{
    uint64_t hash = key.len * 0x9e3779b97f4a7c15;

    if (key.len < 8) {
        if (key.len >= 4)
            hash ^= word_of(key.at, 4) << 32 | word_of(key.at + key.len - 4, 4);
        else if (key.len)
            hash ^= word_of(key.at, 1) | word_of(key.at + key.len / 2, 1) << 8 |
                    word_of(key.at + key.len - 1, 1) << 16;
    } else {
        for (size_t i = 0; i + 8 < key.len; i += 8) {
            hash = (hash ^ word_of(key.at + i, 8)) * 0x9e3779b97f4a7c15;
            hash ^= hash >> 29;
        }
        hash ^= word_of(key.at + key.len - 8, 8);
    }
    hash *= 0xbf58476d1ce4e5b9;
    return hash ^ hash >> 32;
}

static enum step bad(struct cursor *c, const char *problem)
{
    c->scan->problem = problem;
    c->scan->column = (size_t)(c->p - c->start) + 1;
    return BAD;
}

static inline void skip_space(struct cursor *c)
{
    if (c->p < c->end && (unsigned char)*c->p > ' ') return;
    while (c->p < c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == '\n' || *c->p == '\r'))
        c->p++;
}

/* Passes over white space; false where the text ends there. */
static inline bool find_token(struct cursor *c)
{
    skip_space(c);
    c->scan->ended = c->p == c->end;
    return !c->scan->ended || bad(c, "the text ends too early") != BAD;
}

/* From behind the opening quote to behind the closing one. */
static bool take_string(struct cursor *c, struct value *string)
{
    const char *at = c->p - 1;
    bool escaped = false;

    for (;;) {
        unsigned char byte;

        c->p = scan_run(c->p, c->end);
        if (c->p == c->end) return bad(c, "the text ends inside a string") != BAD;
        byte = (unsigned char)*c->p;
        if (byte == '"') break;
        if (byte == '\\') {
            size_t len = escape_length(c->p, c->end);

            if (!len) return bad(c, "an escape that JSON does not have") != BAD;
            escaped = true;
            c->p += len;
        } else if (byte < 0x20) {
            return bad(c, "a control character inside a string") != BAD;
        } else {
            size_t len = utf8_run(c->p, c->end);

            c->p += len;
            if (!len) return bad(c, "bytes that are not UTF-8") != BAD;
        }
    }
    c->p++;
    *string = (struct value){at, (size_t)(c->p - at), KIND_STRING, escaped};
    return true;
}

static bool is_digit(const struct cursor *c, const char *p)
{
    return p < c->end && *p >= '0' && *p <= '9';
}

static bool take_digits(struct cursor *c)
{
    if (!is_digit(c, c->p)) return bad(c, "a malformed number") != BAD;
    while (is_digit(c, c->p)) c->p++;
    return true;
}

static bool take_number(struct cursor *c)
{
    if (*c->p == '-') c->p++;
    if (c->p < c->end && *c->p == '0' && is_digit(c, c->p + 1))
        return bad(c, "a number with a leading zero") != BAD;
    if (!take_digits(c)) return false;
    if (c->p < c->end && *c->p == '.') {
        c->p++;
        if (!take_digits(c)) return false;
    }
    if (c->p < c->end && (*c->p == 'e' || *c->p == 'E')) {
        c->p++;
        if (c->p < c->end && (*c->p == '+' || *c->p == '-')) c->p++;
        return take_digits(c);
    }
    return true;
}

static bool take_word(struct cursor *c, const char *word)
{
    size_t len = strlen(word);

    if ((size_t)(c->end - c->p) < len || memcmp(c->p, word, len) != 0)
        return bad(c, "a word that JSON does not have") != BAD;
    c->p += len;
    return true;
}

static bool in_object(const struct cursor *c)
{
    return c->objects >> (c->depth - 1) & 1;
}

/* A value is complete: note it when it belongs to the root. */
static enum step value_done(struct cursor *c, enum kind kind, bool escaped)
{
    struct scan *scan = c->scan;
    struct value value = {c->value_at, (size_t)(c->p - c->value_at), kind, escaped};

    if (c->depth > 1) return AFTER_VALUE;
    if (c->depth == 0) {
        scan->root = value;
        return DONE;
    }
    if (scan->count == scan->room)
        scan->members = mem_room(scan->members, scan->count, &scan->room, sizeof *scan->members);
    scan->members[scan->count++] = (struct member){c->key, value, c->hash, 0};
    c->key = (struct value){0};
    c->hash = 0;
    return AFTER_VALUE;
}

static enum step open_container(struct cursor *c, bool object)
{
    if (c->depth == SCAN_DEPTH) return bad(c, "more than 64 levels deep");
    c->keys_before[c->depth] = c->scan->key_count;
    c->objects &= ~(1ULL << c->depth);
    c->objects |= (uint64_t)object << c->depth++;
    c->p++;
    return object ? WANT_FIRST_KEY : WANT_FIRST_VALUE;
}

static int by_hash(const void *a, const void *b)
{
    const struct scan_key *x = a, *y = b;

    return (x->hash > y->hash) - (x->hash < y->hash);
}

/* Equal hashes decide nothing: the keys do. */
static bool same_key(struct cursor *c, const struct scan_key *a, const struct scan_key *b)
{
    struct buffer *scratch = &c->scan->scratch;
    size_t first;

    scratch->len = 0;
    value_unescape(&a->key, scratch);
    first = scratch->len;
    value_unescape(&b->key, scratch);
    return scratch->len == 2 * first && memcmp(scratch->at, scratch->at + first, first) == 0;
}

/* Nobody can know which keys collide under a secret. */
static void hash_again(struct scan *scan, struct scan_key *keys, size_t count)
{
    if (!scan->secret.k0 && !scan->secret.k1) scan->secret = hash_key_random();
    for (size_t i = 0; i < count; i++) {
        struct text plain;

        scan->scratch.len = 0;
        plain = value_text(&keys[i].key, &scan->scratch);
        keys[i].hash = hash_bytes(scan->secret, plain.at, plain.len).low;
    }
}

static bool keys_differ(struct cursor *c, struct scan_key *keys, size_t count)
{
    bool few = count <= FEW_KEYS;

    if (count > MANY_KEYS) hash_again(c->scan, keys, count);
    if (!few) qsort(keys, count, sizeof *keys, by_hash);
    for (size_t i = 1; i < count; i++)
        for (size_t j = i; j-- > 0 && (few || keys[j].hash == keys[i].hash);)
            if (keys[i].hash == keys[j].hash && same_key(c, &keys[i], &keys[j])) return false;
    return true;
}

static enum step close_container(struct cursor *c)
{
    bool object = in_object(c);
    size_t before = c->keys_before[--c->depth], count = c->scan->key_count - before;

    if (count > 1 && !keys_differ(c, c->scan->keys + before, count))
        return bad(c, "an object with the same key twice");
    c->scan->key_count = before;
    c->p++;
    if (c->depth == 0) c->value_at = c->scan->root.at;
    return value_done(c, object ? KIND_OBJECT : KIND_ARRAY, false);
}

static enum step take_scalar(struct cursor *c)
{
    struct value string;

    switch (*c->p) {
    case '"':
        c->p++;
        return take_string(c, &string) ? value_done(c, KIND_STRING, string.escaped) : BAD;
    case 't': return take_word(c, "true") ? value_done(c, KIND_TRUE, false) : BAD;
    case 'f': return take_word(c, "false") ? value_done(c, KIND_FALSE, false) : BAD;
    case 'n': return take_word(c, "null") ? value_done(c, KIND_NULL, false) : BAD;
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9': return take_number(c) ? value_done(c, KIND_NUMBER, false) : BAD;
    default: return bad(c, "no JSON value");
    }
}

static enum step take_value(struct cursor *c, bool may_close)
{
    if (may_close && *c->p == ']') return close_container(c);
    if (c->depth <= 1) c->value_at = c->p;
    if (c->depth == 0) c->scan->root.at = c->p;
    if (*c->p == '{' || *c->p == '[') return open_container(c, *c->p == '{');
    return take_scalar(c);
}

static enum step take_key(struct cursor *c, bool may_close)
{
    struct scan *scan = c->scan;
    struct value key;
    struct text plain;

    if (may_close && *c->p == '}') return close_container(c);
    if (*c->p != '"') return bad(c, "no key where one must stand");
    c->p++;
    if (!take_string(c, &key)) return BAD;
    scan->scratch.len = 0;
    plain = value_text(&key, &scan->scratch);
    if (key.escaped && memchr(plain.at, '\0', plain.len)) return bad(c, "a key with a NUL in it");
    if (scan->key_count == scan->key_room)
        scan->keys = mem_room(scan->keys, scan->key_count, &scan->key_room, sizeof *scan->keys);
    scan->keys[scan->key_count++] = (struct scan_key){scan_hash(plain), key};
    if (c->depth == 1) {
        c->key = key;
        c->hash = scan->keys[scan->key_count - 1].hash;
    }
    if (!find_token(c)) return BAD;
    if (*c->p != ':') return bad(c, "no ':' behind a key");
    c->p++;
    return find_token(c) ? take_value(c, false) : BAD;
}

static enum step take_separator(struct cursor *c)
{
    bool object = in_object(c);

    if (*c->p == (object ? '}' : ']')) return close_container(c);
    if (*c->p != ',') return bad(c, object ? "neither ',' nor '}'" : "neither ',' nor ']'");
    c->p++;
    if (!find_token(c)) return BAD;
    return object ? take_key(c, false) : take_value(c, false);
}

static enum step next_step(struct cursor *c, enum step step)
{
    switch (step) {
    case WANT_VALUE: return take_value(c, false);
    case WANT_FIRST_VALUE: return take_value(c, true);
    case WANT_FIRST_KEY: return take_key(c, true);
    case AFTER_VALUE: return take_separator(c);
    case DONE:
    case BAD: break;
    }
    return BAD;
}

bool scan_json(struct scan *scan, const char *at, size_t len)
{
    struct cursor c = {.start = at, .p = at, .end = at + len, .scan = scan};
    enum step step = WANT_VALUE;

    scan->count = scan->key_count = 0;
    scan->problem = NULL;
    while (step < DONE) step = find_token(&c) ? next_step(&c, step) : BAD;
    if (step == DONE) {
        skip_space(&c);
        if (c.p < c.end) step = bad(&c, "something behind the value");
    }
    return step == DONE;
}

void scan_release(struct scan *scan)
{
    mem_free(scan->members);
    mem_free(scan->keys);
    buffer_release(&scan->scratch);
    *scan = (struct scan){0};
}

struct member *scan_member(const struct scan *scan, const char *key)
{
    struct text word = text_of(key);

    for (size_t i = 0; i < scan->count; i++) {
        struct member *member = &scan->members[i];

        if (value_may_be(&member->key, word) && value_is(&member->key, word)) return member;
    }
    return NULL;
}

const char *kind_name(enum kind kind)
{
    static const char *const names[] = {"missing",  "null",     "false",    "true",
                                        "a number", "a string", "an array", "an object"};

    return names[kind];
}
