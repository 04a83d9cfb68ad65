#include "records/scan.h"

#include "records/scan_keys.h"
#include "records/scan_window.h"
#include "records/value.h"

#include <string.h>

/* What runs for every token belongs into one loop. */
#define ALWAYS inline __attribute__((always_inline))

struct level {
    bool object;
    size_t keys_before; /* where its keys begin */
    struct scan_marks marks;
};

/* Functions take the place they read from and return the place behind it, or NULL after a
 * failure: so the compiler keeps it in a register. */
struct cursor {
    const char *start, *end;
    struct window window;
    struct scan *scan;
    unsigned depth;       /* open containers */
    const char *value_at; /* where the root's member that is being read begins */
    const char *rest;     /* behind the whole value, or NULL before that */
    struct level levels[SCAN_DEPTH];
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

__attribute__((cold, noinline)) static const char *fail(struct cursor *c, const char *p,
                                                        const char *problem)
{
    c->scan->problem = problem;
    c->scan->column = (size_t)(p - c->start) + 1;
    return NULL;
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

__attribute__((noinline)) static const char *skip_more(const char *p, const char *end)
{
    while (p < end && is_space(*p)) p++;
    return p;
}

/* Nearly always there is no white space, or one blank. */
static ALWAYS const char *skip_space(const struct cursor *c, const char *p)
{
    if (p + 1 >= c->end) return skip_more(p, c->end);
    if ((unsigned char)*p > ' ') return p;
    return *p == ' ' && (unsigned char)p[1] > ' ' ? p + 1 : skip_more(p, c->end);
}

/* What stands behind the white space; the text may not end there. */
static ALWAYS const char *find_token(struct cursor *c, const char *p)
{
    p = skip_space(c, p);
    if (p < c->end) return p;
    c->scan->ended = true;
    return fail(c, p, "the text ends too early");
}

/* From something in a string that is no plain text to behind it. */
static const char *pass_special(struct cursor *c, const char *p, bool *escaped)
{
    unsigned char byte;
    size_t len;

    if (p == c->end) return fail(c, p, "the text ends inside a string");
    byte = (unsigned char)*p;
    if (byte < 0x20) return fail(c, p, "a control character inside a string");
    len = byte == '\\' ? escape_length(p, c->end) : utf8_run(p, c->end);
    if (!len)
        return fail(
            c, p, byte == '\\' ? "an escape that JSON does not have" : "bytes that are not UTF-8");
    *escaped |= byte == '\\';
    return p + len;
}

/* From behind the opening quote to behind the closing one. */
static ALWAYS const char *take_string(struct cursor *c, const char *p, bool *escaped)
{
    *escaped = false;
    for (p = window_find(&c->window, p); p == c->end || *p != '"';) {
        p = pass_special(c, p, escaped);
        if (!p) return NULL;
        p = window_find(&c->window, p);
    }
    return p + 1;
}

static inline bool is_digit(const struct cursor *c, const char *p)
{
    return p < c->end && (unsigned char)(*p - '0') < 10;
}

static ALWAYS const char *take_digits(struct cursor *c, const char *p)
{
    if (!is_digit(c, p)) return fail(c, p, "a malformed number");
    while (is_digit(c, p)) p++;
    return p;
}

static ALWAYS const char *take_number(struct cursor *c, const char *p)
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
    return c->levels[c->depth - 1].object;
}

/* The member of the root that comes next. */
static ALWAYS struct member *next_member(struct scan *scan)
{
    if (scan->count == scan->room)
        scan->members = mem_room(scan->members, scan->count, &scan->room, sizeof *scan->members);
    return &scan->members[scan->count];
}

/* A value ends before p: note it when it belongs to the root, or is the root. */
static ALWAYS void value_done(struct cursor *c, const char *p, enum kind kind, bool escaped)
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

/* From the bracket that closes a container to behind it. */
static ALWAYS const char *close_container(struct cursor *c, const char *p)
{
    const struct level *level = &c->levels[--c->depth];

    if (level->marks.twice && !scan_keys_differ(c->scan, c->scan->key_count - level->keys_before))
        return fail(c, p, "an object with the same key twice");
    c->scan->key_count = level->keys_before;
    value_done(c, p + 1, level->object ? KIND_OBJECT : KIND_ARRAY, false);
    return p + 1;
}

/* From a key's quote to the value behind the colon. */
static ALWAYS const char *take_key(struct cursor *c, const char *p)
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
    scan_marks_add(&c->levels[c->depth - 1].marks, hash);
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
static ALWAYS const char *find_value(struct cursor *c, const char *p)
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
static ALWAYS const char *open_container(struct cursor *c, const char *p)
{
    bool object = *p == '{';

    if (c->depth == SCAN_DEPTH) return fail(c, p, "more than 64 levels deep");
    c->levels[c->depth++] = (struct level){object, c->scan->key_count, {{0}, false}};
    p = find_token(c, p + 1);
    if (p && *p == (object ? '}' : ']')) {
        p = close_container(c, p);
        return p ? find_value(c, p) : NULL;
    }
    return p && object ? take_key(c, p) : p;
}

static ALWAYS const char *take_scalar(struct cursor *c, const char *p, enum kind *kind,
                                      bool *escaped)
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
static ALWAYS const char *take_value(struct cursor *c, const char *p)
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
    struct cursor c;
    const char *p;

    c.start = at;
    c.end = at + len;
    c.window = window_open(at, c.end);
    c.scan = scan;
    c.depth = 0;
    c.rest = NULL;
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
