#include "records/pairs.h"

#include "hash/hash_quick.h"
#include "records/messages.h"
#include "records/names.h"
#include "records/value.h"

#include <pthread.h>
#include <string.h>

/* Which JSON kinds a field may have, as bits. */
#define BIT(kind) (1U << (kind))
#define TEXTS (BIT(KIND_STRING) | BIT(KIND_ARRAY))
#define LABEL (BIT(KIND_STRING) | BIT(KIND_NUMBER))
#define ANSWER (LABEL | BIT(KIND_TRUE) | BIT(KIND_FALSE))

static const struct {
    struct text name;
    unsigned kinds;
    const char *must_be;
} fields[FIELD_COUNT] = {
    [FIELD_PROMPT] = {TEXT("prompt"), TEXTS, "a string or a list of messages"},
    [FIELD_CHOSEN] = {TEXT("chosen"), TEXTS, "a string or a list of messages"},
    [FIELD_REJECTED] = {TEXT("rejected"), TEXTS, "a string or a list of messages"},
    [FIELD_ID] = {TEXT("id"), LABEL, "a string or a number"},
    [FIELD_SOURCE] = {TEXT("source"), BIT(KIND_STRING), "a string"},
    [FIELD_TOPIC] = {TEXT("topic"), LABEL, "a string or a number"},
    [FIELD_CONSENSUS] = {TEXT("consensusStrength"), BIT(KIND_NUMBER), "a number"},
    [FIELD_CHOSEN_SCORE] = {TEXT("chosen_score"), BIT(KIND_NUMBER), "a number"},
    [FIELD_REJECTED_SCORE] = {TEXT("rejected_score"), BIT(KIND_NUMBER), "a number"},
    [FIELD_ANNOTATOR] = {TEXT("annotator_id"), LABEL, "a string or a number"},
    [FIELD_ANSWER] = {TEXT("answer"), ANSWER, "a string, a number or true or false"},
    [FIELD_SYSTEM] = {TEXT("system"), BIT(KIND_STRING), "a string"},
};

const char *field_name(enum field field)
{
    return fields[field].name.at;
}

static struct names names = NAMES_OF(fields);

static void prepare(void)
{
    names_prepare(&names);
}

enum field field_named(const struct member *member)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, prepare);
    return (enum field)names_find(&names, member);
}

bool pair_scan(struct pair *pair, struct text line, struct err *err)
{
    pair->line = line;
    memset(pair->fields, 0, sizeof pair->fields);
    if (!scan_json(&pair->scan, line.at, line.len))
        return err_set(err, "not JSON at column %zu: %s", pair->scan.column, pair->scan.problem);
    if (pair->scan.root.kind != KIND_OBJECT)
        return err_set(err, "the line holds %s, not an object", kind_name(pair->scan.root.kind));
    for (size_t i = 0; i < pair->scan.count; i++) {
        struct member *member = &pair->scan.members[i];
        enum field field = field_named(member);

        member->tag = field;
        if (field != FIELD_UNKNOWN && member->value.kind != KIND_NULL)
            pair->fields[field] = &member->value;
    }
    return true;
}

bool pair_is_cut(const struct pair *pair)
{
    return pair->scan.problem && pair->scan.column > pair->line.len;
}

bool field_takes(enum field field, enum kind kind)
{
    return fields[field].kinds & BIT(kind);
}

/* A prompt of messages asks when a user or a tool spoke last; an answer begins with the assistant's
 * message. */
static bool check_messages(struct pair *pair, enum field field, struct err *err)
{
    const struct value *list = pair->fields[field];
    const struct member *role;

    if (field != FIELD_PROMPT)
        return messages_check_answer(list, &pair->inner, &pair->message, err);
    if (!messages_check(list, &pair->inner, &pair->message, err)) return false;
    role = scan_member(&pair->message, "role");
    pair->unasked = !value_is(&role->value, TEXT("user")) && !value_is(&role->value, TEXT("tool"));
    return true;
}

static bool check_texts(struct pair *pair, struct err *err)
{
    for (enum field f = FIELD_PROMPT; f <= FIELD_REJECTED; f++) {
        const struct value *value = pair->fields[f];

        if (!value) return err_set(err, "'%s' is missing", field_name(f));
        if (value->kind != pair->fields[FIELD_PROMPT]->kind)
            return err_set(err, "'%s' is %s, but 'prompt' is %s", field_name(f),
                           kind_name(value->kind), kind_name(pair->fields[FIELD_PROMPT]->kind));
        if (value->kind == KIND_ARRAY && !check_messages(pair, f, err))
            return err_prefix(err, "'%s'", field_name(f));
    }
    return true;
}

bool pair_check(struct pair *pair, struct err *err)
{
    double strength;

    pair->unasked = false;
    for (enum field f = 0; f < FIELD_COUNT; f++) {
        const struct value *value = pair->fields[f];

        if (value && !field_takes(f, value->kind))
            return err_set(err, "'%s' is %s, not %s", field_name(f), kind_name(value->kind),
                           fields[f].must_be);
    }
    if (!check_texts(pair, err)) return false;
    for (enum field f = FIELD_CONSENSUS; f <= FIELD_REJECTED_SCORE; f++)
        if (pair->fields[f] && !pair_number(pair, f, &strength))
            return err_set(err, "'%s' is too large for a number", field_name(f));
    if (pair_number(pair, FIELD_CONSENSUS, &strength) && !(strength >= 0 && strength <= 1))
        return err_set(err, "'consensusStrength' is %.6g, not between 0 and 1", strength);
    return true;
}

bool pair_parse(struct pair *pair, struct text line, struct err *err)
{
    return pair_scan(pair, line, err) && pair_check(pair, err);
}

void pair_release(struct pair *pair)
{
    scan_release(&pair->scan);
    scan_release(&pair->inner);
    scan_release(&pair->message);
    buffer_release(&pair->scratch);
    buffer_release(&pair->text);
}

/* Most strings show by their first byte that they are not blank. */
static bool begins_with_text(const struct value *value)
{
    return value->kind == KIND_STRING && value->len > 2 && value->at[1] > ' ' &&
           value->at[1] != '\\';
}

/* Most answers show by their first byte that they differ. */
static bool begin_differently(const struct value *a, const struct value *b)
{
    return begins_with_text(a) && begins_with_text(b) && a->at[1] != b->at[1];
}

static bool is_blank(struct text text)
{
    size_t i = 0;

    while (i < text.len && (text.at[i] == ' ' || (text.at[i] >= '\t' && text.at[i] <= '\r'))) i++;
    return i == text.len;
}

static bool same_answers(struct pair *pair)
{
    const struct value *sides[2] = {pair->fields[FIELD_CHOSEN], pair->fields[FIELD_REJECTED]};
    struct text texts[2];

    if (begin_differently(sides[0], sides[1])) return false;
    pair->scratch.len = 0;
    buffer_reserve(&pair->scratch, sides[0]->len + sides[1]->len); /* the texts must not move */
    for (int i = 0; i < 2; i++) {
        size_t before = pair->scratch.len;

        if (sides[i]->kind == KIND_ARRAY) {
            messages_identity(sides[i], &pair->inner, &pair->message, &pair->scratch);
            texts[i] = buffer_part(&pair->scratch, before, pair->scratch.len);
        } else {
            texts[i] = value_text(sides[i], &pair->scratch);
        }
    }
    return texts[0].len == texts[1].len && memcmp(texts[0].at, texts[1].at, texts[0].len) == 0;
}

enum pair_fault pair_fault(struct pair *pair, struct err *err)
{
    for (enum field f = FIELD_PROMPT; f <= FIELD_REJECTED; f++) {
        if (begins_with_text(pair->fields[f])) continue;
        pair->scratch.len = 0;
        if (!is_blank(pair_text(pair, f, &pair->scratch))) continue;
        err_set(err, "'%s' is empty", field_name(f));
        return PAIR_BLANK;
    }
    if (!same_answers(pair)) return PAIR_TEACHES;
    err_set(err, "'chosen' and 'rejected' are the same");
    return PAIR_SAME;
}

void pair_add_text(struct pair *pair, enum field field, struct buffer *out)
{
    const struct value *value = pair->fields[field];

    if (value->kind == KIND_STRING)
        value_unescape(value, out);
    else if (value->kind == KIND_ARRAY)
        messages_text(value, &pair->inner, &pair->message, out);
    else
        buffer_add(out, value->at, value->len);
}

struct text pair_text(struct pair *pair, enum field field, struct buffer *scratch)
{
    const struct value *value = pair->fields[field];
    size_t before = scratch->len;

    if (value->kind == KIND_STRING) return value_text(value, scratch);
    pair_add_text(pair, field, scratch);
    return buffer_part(scratch, before, scratch->len);
}

static struct text identity_of(struct pair *pair, enum field field)
{
    const struct value *value = pair->fields[field];

    pair->scratch.len = 0;
    if (value->kind != KIND_ARRAY) return pair_text(pair, field, &pair->scratch);
    buffer_byte(&pair->scratch, '\x1d'); /* messages never equal a string */
    messages_identity(value, &pair->inner, &pair->message, &pair->scratch);
    return (struct text){pair->scratch.at, pair->scratch.len};
}

struct hash128 pair_hash(struct pair *pair, enum field field, struct hash_key key)
{
    struct text text = identity_of(pair, field);

    return hash_bytes(key, text.at, text.len);
}

struct hash128 pair_hash_quick(struct pair *pair, enum field field, struct hash_key key)
{
    struct text text = identity_of(pair, field);

    return hash_quick(key, text.at, text.len);
}

const struct value *pair_find(struct pair *pair, const char *path)
{
    const struct member *member = scan_member(&pair->scan, path); /* a key with dots in it */
    const struct scan *scan = &pair->scan;
    struct scan *below[2] = {&pair->inner, &pair->message};
    unsigned level = 0;

    while (!member) {
        size_t len = strcspn(path, ".");

        for (size_t i = 0; i < scan->count && !member; i++)
            if (value_is(&scan->members[i].key, (struct text){path, len}))
                member = &scan->members[i];
        if (!member || !path[len]) break;
        if (member->value.kind != KIND_OBJECT) return NULL;
        scan_json(below[level & 1], member->value.at, member->value.len);
        scan = below[level++ & 1];
        path += len + 1;
        member = scan_member(scan, path);
    }
    return member && member->value.kind != KIND_NULL ? &member->value : NULL;
}

bool pair_number(const struct pair *pair, enum field field, double *number)
{
    return pair->fields[field] && value_number(pair->fields[field], number);
}

bool pair_is_debate(struct pair *pair)
{
    static const char *const paths[] = {"debateId", "debate_id", "metadata.debateId",
                                        "metadata.debate_id"};
    const struct value *source = pair->fields[FIELD_SOURCE];
    struct text text = {"", 0};

    pair->scratch.len = 0;
    if (source && source->kind == KIND_STRING) text = value_text(source, &pair->scratch);
    if (text.len >= 7 && memcmp(text.at, "debate:", 7) == 0) return true;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (pair_find(pair, paths[i])) return true;
    return false;
}
