#include "records/scan.h"

#include "records/scan_run.h"
#include "records/value.h"

#include <stdlib.h>
#include <string.h>

#define FEW_KEYS 12   /* up to here comparing each with each is fastest */
#define MANY_KEYS 100 /* from here on prepared collisions would cost too much */

/* Functions take the place they read from and return the place behind it, or NULL after a
 * failure: so the compiler keeps it in a register. */
struct cursor {
    const char *start, *end;
    struct scan *scan;
    unsigned depth;                 /* open containers */
    uint64_t objects;               /* one bit a level: is it an object? */
    size_t keys_before[SCAN_DEPTH]; /* where each level's keys begin */
    const char *value_at;           /* where the root's member that is being read begins */
    const char *rest;               /* behind the whole value, or NULL before that */
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

static const char *fail(struct cursor *c, const char *p, const char *problem)
{
    c->scan->problem = problem;
    c->scan->column = (size_t)(p - c->start) + 1;
    return NULL;
}

static inline const char *skip_space(const struct cursor *c, const char *p)
{
    if (p < c->end && (unsigned char)*p > ' ') return p;
    while (p < c->end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r')) p++;
    return p;
}

/* What stands behind the white space; the text may not end there. */
static inline const char *find_token(struct cursor *c, const char *p)
{
    p = skip_space(c, p);
    if (p < c->end) return p;
    c->scan->ended = true;
    return fail(c, p, "the text ends too early");
}

/* From behind the opening quote to behind the closing one. */
static const char *take_string(struct cursor *c, const char *p, bool *escaped)
{
    *escaped = false;
    for (;;) {
        unsigned char byte;
        size_t len;

        p = scan_run(p, c->end);
        if (p == c->end) return fail(c, p, "the text ends inside a string");
        byte = (unsigned char)*p;
        if (byte == '"') return p + 1;
        if (byte < 0x20) return fail(c, p, "a control character inside a string");
        len = byte == '\\' ? escape_length(p, c->end) : utf8_run(p, c->end);
        if (!len)
            return fail(c, p,
                        byte == '\\' ? "an escape that JSON does not have"
                                     : "bytes that are not UTF-8");
        *escaped |= byte == '\\';
        p += len;
    }
}

static bool is_digit(const struct cursor *c, const char *p)
{
    return p < c->end && *p >= '0' && *p <= '9';
}

static const char *take_digits(struct cursor *c, const char *p)
{
    if (!is_digit(c, p)) return fail(c, p, "a malformed number");
    while (is_digit(c, p)) p++;
    return p;
}

static const char *take_number(struct cursor *c, const char *p)
{
    if (*p == '-') p++;
    if (p < c->end && *p == '0' && is_digit(c, p + 1))
        return fail(c, p, "a number with a leading zero");
    p = take_digits(c, p);
    if (p && p < c->end && *p == '.') p = take_digits(c, p + 1);
    if (p && p < c->end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < c->end && (*p == '+' || *p == '-')) p++;
        p = take_digits(c, p);
    }
    return p;
}

static const char *take_word(struct cursor *c, const char *p, struct text word)
{
    if ((size_t)(c->end - p) < word.len || memcmp(p, word.at, word.len) != 0)
        return fail(c, p, "a word that JSON does not have");
    return p + word.len;
}

static bool in_object(const struct cursor *c)
{
    return c->objects >> (c->depth - 1) & 1;
}

/* The member of the root that comes next. */
static inline struct member *next_member(struct scan *scan)
{
    if (scan->count == scan->room)
        scan->members = mem_room(scan->members, scan->count, &scan->room, sizeof *scan->members);
    return &scan->members[scan->count];
}

/* A value ends before p: note it when it belongs to the root, or is the root. */
static inline void value_done(struct cursor *c, const char *p, enum kind kind, bool escaped)
{
    struct scan *scan = c->scan;
    struct member *member;

    if (c->depth > 1) return;
    if (c->depth == 0) {
        scan->root = (struct value){scan->root.at, (size_t)(p - scan->root.at), kind, escaped};
        return;
    }
    member = next_member(scan);
    if (!in_object(c)) {
        member->key = (struct value){0};
        member->hash = 0;
    }
    member->value = (struct value){c->value_at, (size_t)(p - c->value_at), kind, escaped};
    member->tag = 0;
    scan->count++;
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

/* From the bracket that closes a container to behind it. */
static const char *close_container(struct cursor *c, const char *p)
{
    bool object = in_object(c);
    size_t before = c->keys_before[--c->depth], count = c->scan->key_count - before;

    if (count > 1 && !keys_differ(c, c->scan->keys + before, count))
        return fail(c, p, "an object with the same key twice");
    c->scan->key_count = before;
    value_done(c, p + 1, object ? KIND_OBJECT : KIND_ARRAY, false);
    return p + 1;
}

/* From a key's quote to the value behind the colon. */
static const char *take_key(struct cursor *c, const char *p)
{
    struct scan *scan = c->scan;
    struct value key = {p, 0, KIND_STRING, false};
    struct text plain;
    uint64_t hash;

    if (*p != '"') return fail(c, p, "no key where one must stand");
    p = take_string(c, p + 1, &key.escaped);
    if (!p) return NULL;
    key.len = (size_t)(p - key.at);
    plain = (struct text){key.at + 1, key.len - 2};
    if (key.escaped) {
        scan->scratch.len = 0;
        plain = value_text(&key, &scan->scratch);
        if (memchr(plain.at, '\0', plain.len)) return fail(c, p, "a key with a NUL in it");
    }
    hash = scan_hash(plain);
    if (scan->key_count == scan->key_room)
        scan->keys = mem_room(scan->keys, scan->key_count, &scan->key_room, sizeof *scan->keys);
    scan->keys[scan->key_count++] = (struct scan_key){hash, key};
    if (c->depth == 1) {
        struct member *member = next_member(scan);

        member->key = key;
        member->hash = hash;
    }
    p = find_token(c, p);
    if (p && *p != ':') return fail(c, p, "no ':' behind a key");
    return p ? find_token(c, p + 1) : NULL;
}

/* From behind a value to the next one; NULL also when there is none, with c->rest. */
static const char *find_value(struct cursor *c, const char *p)
{
    while (c->depth) {
        bool object = in_object(c);

        p = find_token(c, p);
        if (!p) return NULL;
        if (*p == ',') {
            p = find_token(c, p + 1);
            return p && object ? take_key(c, p) : p;
        }
        if (*p != (object ? '}' : ']'))
            return fail(c, p, object ? "neither ',' nor '}'" : "neither ',' nor ']'");
        p = close_container(c, p);
        if (!p) return NULL;
    }
    c->rest = p;
    return NULL;
}

/* From an opening bracket to the first value inside, or to the one behind an empty container. */
static const char *open_container(struct cursor *c, const char *p)
{
    bool object = *p == '{';

    if (c->depth == SCAN_DEPTH) return fail(c, p, "more than 64 levels deep");
    c->keys_before[c->depth] = c->scan->key_count;
    c->objects &= ~(1ULL << c->depth);
    c->objects |= (uint64_t)object << c->depth++;
    p = find_token(c, p + 1);
    if (p && *p == (object ? '}' : ']')) {
        p = close_container(c, p);
        return p ? find_value(c, p) : NULL;
    }
    return p && object ? take_key(c, p) : p;
}

static const char *take_scalar(struct cursor *c, const char *p, enum kind *kind, bool *escaped)
{
    *escaped = false;
    switch (*p) {
    case '"': *kind = KIND_STRING; return take_string(c, p + 1, escaped);
    case 't': *kind = KIND_TRUE; return take_word(c, p, TEXT("true"));
    case 'f': *kind = KIND_FALSE; return take_word(c, p, TEXT("false"));
    case 'n': *kind = KIND_NULL; return take_word(c, p, TEXT("null"));
    default:
        if (*p != '-' && !is_digit(c, p)) return fail(c, p, "no JSON value");
        *kind = KIND_NUMBER;
        return take_number(c, p);
    }
}

/* From one value to the next. */
static const char *take_value(struct cursor *c, const char *p)
{
    enum kind kind = KIND_NULL;
    bool escaped;

    if (c->depth <= 1) c->value_at = p;
    if (c->depth == 0) c->scan->root.at = p;
    if (*p == '{' || *p == '[') return open_container(c, p);
    p = take_scalar(c, p, &kind, &escaped);
    if (!p) return NULL;
    value_done(c, p, kind, escaped);
    return find_value(c, p);
}

bool scan_json(struct scan *scan, const char *at, size_t len)
{
    struct cursor c = {.start = at, .end = at + len, .scan = scan};
    const char *p;

    scan->count = scan->key_count = 0;
    scan->problem = NULL;
    scan->ended = false;
    p = find_token(&c, at);
    while (p) p = take_value(&c, p);
    if (!c.rest) return false;
    p = skip_space(&c, c.rest);
    return p == c.end || fail(&c, p, "something behind the value");
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
