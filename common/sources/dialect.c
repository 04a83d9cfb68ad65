#include "sources/dialect.h"

#include "records/value.h"
#include "sources/aliases.h"
#include "sources/reshape.h"

#include <string.h>

/* What becomes of a member that is no field: */
enum { AS_IT_IS = FIELD_COUNT, AS_NOTHING };

bool dialect_map(struct dialect *dialect, const char *text, struct err *err)
{
    const char *equals = strchr(text, '=');
    struct text name = {text, equals ? (size_t)(equals - text) : 0};

    if (!equals || !equals[1]) return err_set(err, "--map takes FIELD=NAME, not '%.80s'", text);
    if (dialect->map_count == DIALECT_MAPS)
        return err_set(err, "more than %d times --map", DIALECT_MAPS);
    for (enum field f = 0; f < FIELD_COUNT; f++) {
        if (!text_is(name, field_name(f))) continue;
        dialect->maps[dialect->map_count].field = f;
        dialect->maps[dialect->map_count++].name = equals + 1;
        return true;
    }
    return err_set(err, "--map: no field is called '%.*s'", (int)(name.len < 80 ? name.len : 80),
                   text);
}

/* Of several for one name the first counts. */
static enum field mapped_field(const struct dialect *dialect, struct dialect_work *work,
                               const struct value *key)
{
    enum field field = FIELD_UNKNOWN;

    for (size_t i = dialect->map_count; i-- > 0;) {
        if (!value_is(key, text_of(dialect->maps[i].name))) continue;
        field = dialect->maps[i].field;
        work->mapped |= UINT32_C(1) << i;
    }
    return field;
}

/* Gives the field to the member unless it has one. */
static bool claim(struct dialect_work *work, enum field field, struct member *member, size_t index)
{
    if (field == FIELD_UNKNOWN || work->fields[field] || member->value.kind == KIND_NULL)
        return false;
    work->fields[field] = &member->value;
    work->as[index] = (unsigned char)field;
    return true;
}

/* May other people's value become the field? What does not fit stays what it was. */
static bool fits(enum field field, const struct value *value)
{
    double number;

    if (field == FIELD_UNKNOWN) return false;
    if (field <= FIELD_REJECTED) return true; /* reshape and the check say what is wrong there */
    if (field == FIELD_CONSENSUS && value_number(value, &number) && !(number >= 0 && number <= 1))
        return false;
    return field_takes(field, value->kind);
}

static bool add_value(struct dialect_work *work, enum field field, const struct value *value)
{
    if (!value || work->fields[field]) return false;
    work->added[field] = *value;
    work->fields[field] = &work->added[field];
    return true;
}

/* A strength or a score of a wrong kind is a fault to tell; other words may mean other things. */
static bool claim_alias(struct dialect_work *work, struct member *member, size_t index)
{
    enum field field = alias_named(member);
    bool measure = field >= FIELD_CONSENSUS && field <= FIELD_REJECTED_SCORE;

    return (measure || fits(field, &member->value)) && claim(work, field, member, index);
}

/* Members the user named: they are his fields, whatever else claims to be. */
static bool take_mapped(const struct dialect *dialect, struct pair *pair, struct dialect_work *work,
                        bool *added)
{
    struct member *members = pair->scan.members;
    bool renamed = false;

    for (size_t i = 0; i < pair->scan.count && dialect->map_count; i++)
        renamed |= claim(work, mapped_field(dialect, work, &members[i].key), &members[i], i);
    for (size_t i = 0; i < dialect->map_count; i++) {
        const struct value *value =
            strchr(dialect->maps[i].name, '.') ? pair_find(pair, dialect->maps[i].name) : NULL;

        if (value) work->mapped |= UINT32_C(1) << i;
        *added |= add_value(work, dialect->maps[i].field, value);
    }
    return renamed;
}

/* The user's names come first, then the canonical ones, then everybody else's. */
static bool name_members(const struct dialect *dialect, struct pair *pair,
                         struct dialect_work *work, bool *added)
{
    size_t count = pair->scan.count;
    struct member *members = pair->scan.members;
    bool renamed;

    if (count > work->as_room) {
        work->as_room = count;
        work->as = mem_resize(work->as, count, 1);
    }
    if (count) memset(work->as, AS_IT_IS, count);
    renamed = take_mapped(dialect, pair, work, added);
    for (size_t i = 0; i < count; i++) {
        enum field field = members[i].tag;

        if (field == FIELD_UNKNOWN || work->as[i] != AS_IT_IS) continue;
        if (!claim(work, field, &members[i], i))
            work->as[i] = AS_NOTHING; /* null, which is as good as absent, or named otherwise */
    }
    for (size_t i = 0; i < count; i++)
        if (work->as[i] == AS_IT_IS && members[i].tag == FIELD_UNKNOWN)
            renamed |= claim_alias(work, &members[i], i);
    return renamed;
}

static struct member *member_of(struct pair *pair, const char *key, enum kind kind)
{
    struct member *member = scan_member(&pair->scan, key);

    return member && member->value.kind == kind ? member : NULL;
}

/* Labels that exporters hide in 'metadata', a share called 'consensus', and the user's paths. */
static bool add_labels(struct pair *pair, struct dialect_work *work)
{
    struct member *consensus = member_of(pair, "consensus", KIND_NUMBER);
    struct member *metadata = member_of(pair, "metadata", KIND_OBJECT);
    bool added = false;

    if (consensus && fits(FIELD_CONSENSUS, &consensus->value))
        added |= add_value(work, FIELD_CONSENSUS, &consensus->value);
    if (!metadata) return added;
    scan_json(&work->metadata, metadata->value.at, metadata->value.len);
    for (size_t i = 0; i < work->metadata.count; i++) {
        struct member *member = &work->metadata.members[i];
        enum field field = field_named(member);

        if (field == FIELD_UNKNOWN) field = alias_named(member);
        if (field >= FIELD_TOPIC && fits(field, &member->value))
            added |= add_value(work, field, &member->value);
    }
    return added;
}

/* Two answers, and which of them was preferred. */
static bool take_choice(struct pair *pair, struct dialect_work *work, struct err *err)
{
    static const char *const names[][2] = {{"answer_a", "answer_b"}, {"response_a", "response_b"}};
    struct member *preference = scan_member(&pair->scan, "preference");
    struct member *sides[2] = {NULL, NULL};
    struct text text;
    bool second;

    if (!preference || work->fields[FIELD_CHOSEN] || work->fields[FIELD_REJECTED]) return true;
    for (int i = 0; i < 2 && !(sides[0] && sides[1]); i++)
        for (int side = 0; side < 2; side++) sides[side] = scan_member(&pair->scan, names[i][side]);
    if (!sides[0] || !sides[1]) return true;
    text = (struct text){preference->value.at, preference->value.len};
    second = text_is(text, "\"b\"") || text_is(text, "\"B\"") || text_is(text, "1");
    if (!second && !text_is(text, "\"a\"") && !text_is(text, "\"A\"") && !text_is(text, "0"))
        return err_set(err, "'preference' is %.*s, not \"a\", \"b\", 0 or 1",
                       (int)(text.len < 80 ? text.len : 80), text.at);
    claim(work, FIELD_CHOSEN, sides[second], (size_t)(sides[second] - pair->scan.members));
    claim(work, FIELD_REJECTED, sides[!second], (size_t)(sides[!second] - pair->scan.members));
    work->as[preference - pair->scan.members] = AS_NOTHING;
    return true;
}

/* Alpaca rows keep half of the prompt in 'input'. */
static void join_input(struct pair *pair, struct dialect_work *work)
{
    struct member *instruction = member_of(pair, "instruction", KIND_STRING);
    struct member *input = member_of(pair, "input", KIND_STRING);
    struct buffer *made = &work->made[FIELD_PROMPT];

    if (!input || !instruction || work->fields[FIELD_PROMPT] != &instruction->value) return;
    work->as[input - pair->scan.members] = AS_NOTHING;
    if (input->value.len == 2) return; /* "" */
    buffer_add(made, instruction->value.at, instruction->value.len - 1);
    buffer_text(made, "\\n\\n");
    buffer_add(made, input->value.at + 1, input->value.len - 1);
    work->core[FIELD_PROMPT] = (struct value){made->at, made->len, KIND_STRING, true};
}

static void write_member(struct buffer *out, const char *key, const struct value *value)
{
    if (out->at[out->len - 1] != '{') buffer_byte(out, ',');
    buffer_byte(out, '"');
    buffer_text(out, key);
    buffer_text(out, "\":");
    buffer_add(out, value->at, value->len);
}

static void write_record(struct pair *pair, struct dialect_work *work, struct buffer *out)
{
    bool written[FIELD_COUNT] = {false};

    for (size_t i = 0; i < pair->scan.count; i++)
        if (work->as[i] < FIELD_COUNT) written[work->as[i]] = true;
    buffer_byte(out, '{');
    for (enum field f = FIELD_PROMPT; f <= FIELD_REJECTED; f++)
        if (!written[f] && work->core[f].kind) write_member(out, field_name(f), &work->core[f]);
    for (size_t i = 0; i < pair->scan.count; i++) {
        const struct member *member = &pair->scan.members[i];
        enum field field = work->as[i];

        if (work->as[i] == AS_NOTHING) continue;
        if (field <= FIELD_REJECTED) {
            write_member(out, field_name(field), &work->core[field]);
        } else if (field < FIELD_COUNT) {
            write_member(out, field_name(field), &member->value);
        } else {
            if (out->at[out->len - 1] != '{') buffer_byte(out, ',');
            buffer_add(out, member->key.at,
                       (size_t)(member->value.at + member->value.len - member->key.at));
        }
    }
    for (enum field f = 0; f < FIELD_COUNT; f++)
        if (f > FIELD_REJECTED && !written[f] && work->added[f].kind)
            write_member(out, field_name(f), &work->added[f]);
    buffer_byte(out, '}');
}

bool dialect_convert(const struct dialect *dialect, struct pair *pair, struct dialect_work *work,
                     struct buffer *out, enum dialect_result *result, struct err *err)
{
    bool reshaped = false, added = false, renamed;

    memset(work->fields, 0, sizeof work->fields);
    memset(work->added, 0, sizeof work->added);
    memset(work->core, 0, sizeof work->core);
    work->scant = false;
    for (size_t i = 0; i < sizeof work->made / sizeof work->made[0]; i++) work->made[i].len = 0;
    renamed = name_members(dialect, pair, work, &added);
    added |= add_labels(pair, work);
    if (!take_choice(pair, work, err)) return false;
    join_input(pair, work);
    for (enum field f = FIELD_PROMPT; f <= FIELD_REJECTED; f++)
        if (work->fields[f] && !work->core[f].kind) work->core[f] = *work->fields[f];
    if (!reshape(work, &reshaped, err)) return false;
    for (size_t i = 0; i < pair->scan.count; i++) renamed |= work->as[i] == AS_NOTHING;
    *result = added ? DIALECT_ADDS : DIALECT_OURS;
    if (renamed || reshaped) {
        write_record(pair, work, out);
        *result = DIALECT_OTHER;
    }
    for (enum field f = 0; *result == DIALECT_ADDS && f < FIELD_COUNT; f++)
        if (work->added[f].kind) pair->fields[f] = &work->added[f];
    return true;
}

void dialect_write_added(const struct dialect_work *work, struct buffer *out)
{
    for (enum field f = 0; f < FIELD_COUNT; f++)
        if (work->added[f].kind) write_member(out, field_name(f), &work->added[f]);
}

void dialect_work_release(struct dialect_work *work)
{
    mem_free(work->as);
    for (size_t i = 0; i < sizeof work->made / sizeof work->made[0]; i++)
        buffer_release(&work->made[i]);
    for (size_t i = 0; i < 3; i++) scan_release(&work->lists[i]);
    scan_release(&work->message);
    scan_release(&work->metadata);
    buffer_release(&work->scratch);
}
