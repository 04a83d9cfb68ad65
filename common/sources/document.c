#include "sources/document.h"

#include "records/scan_window.h"

#include <string.h>
#include <unistd.h>

#define CHUNK ((size_t)64 << 10)
#define FULL ((size_t)256 << 10)
#define NUL_BYTE 256 /* what look() calls it: it is not the end */

static const char too_long[] = "longer than 64 MiB";

static const struct {
    const char *name;
    enum part part;
} parts[] = {{"train", PART_TRAIN},      {"training", PART_TRAIN},  {"validation", PART_VALIDATION},
             {"valid", PART_VALIDATION}, {"val", PART_VALIDATION},  {"dev", PART_VALIDATION},
             {"eval", PART_VALIDATION},  {"test", PART_VALIDATION}, {"data", PART_ALL},
             {"pairs", PART_ALL},        {"examples", PART_ALL},    {"records", PART_ALL},
             {"questions", PART_ALL}};

#define PARTS (sizeof parts / sizeof parts[0])

static size_t find_part(struct text name)
{
    size_t i = 0;

    while (i < PARTS && !text_is(name, parts[i].name)) i++;
    return i;
}

// cppcheck-suppress unusedFunction ; it does not see the calls in reader.c
int part_named(struct text name)
{
    size_t i = find_part(name);

    return i < PARTS ? (int)parts[i].part : -1;
}

void document_open(struct document *document, const char *path, int fd, const struct buffer *head,
                   enum part part)
{
    *document = (struct document){.path = path, .fd = fd, .part = part, .line = 1};
    buffer_add(&document->chunk, head->at, head->len);
}

void document_close(struct document *document)
{
    if (document->fd >= 0) close(document->fd);
    buffer_release(&document->chunk);
    document->fd = -1;
}

static bool fail(const struct document *d, struct err *err, const char *what)
{
    return err_set(err, "%s:%llu: %s", path_shown(d->path), (unsigned long long)d->line, what);
}

/* Makes at least one byte available: 1, or 0 at the end, or -1. */
static int more(struct document *d, struct err *err)
{
    ssize_t got;

    if (d->used < d->chunk.len) return 1;
    if (d->ended) return 0;
    d->used = d->chunk.len = 0;
    buffer_reserve(&d->chunk, CHUNK);
    got = read_some(d->fd, d->chunk.at, CHUNK);
    if (got < 0) {
        err_errno(err, "%s", path_shown(d->path));
        return -1;
    }
    d->ended = got == 0;
    d->chunk.len = (size_t)got;
    return got > 0;
}

/* The next byte that is no white space, not yet taken: 0 at the end, -1 on failure. */
static int look(struct document *d, struct err *err)
{
    for (;;) {
        int got = more(d, err);
        char byte;

        if (got <= 0) return got;
        byte = d->chunk.at[d->used];
        if (byte == '\0') return NUL_BYTE;
        if (byte != ' ' && byte != '\t' && byte != '\r' && byte != '\n') return (unsigned char)byte;
        d->line += byte == '\n';
        d->used++;
    }
}

static bool ended_inside(struct document *d, int got, struct err *err)
{
    return got < 0 ? false : fail(d, err, "the file ends in the middle of the document");
}

/* A record that is too long is passed over without being held; one byte too many tells. */
static void cut_off(struct buffer *out, size_t begin)
{
    if (out->len - begin > LINE_LIMIT) out->len = begin + LINE_LIMIT + 1;
}

static const char *length_problem(const struct line_block *block, size_t begin)
{
    return block->text.len - begin > LINE_LIMIT ? too_long : NULL;
}

/* Copies a string whose opening quote is next. */
static bool copy_string(struct document *d, struct buffer *out, struct err *err)
{
    size_t begin = out->len;
    bool escape = false;

    buffer_byte(out, '"');
    d->used++;
    for (;;) {
        const char *at, *stop;
        int got = more(d, err);

        if (got <= 0) return ended_inside(d, got, err);
        cut_off(out, begin);
        at = d->chunk.at + d->used;
        stop = escape ? at : text_run(at, d->chunk.at + d->chunk.len);
        if (stop == at) { /* one byte, which only as quote or backslash means something */
            bool over = *at == '"' && !escape;

            escape = *at == '\\' && !escape;
            d->line += *at == '\n';
            buffer_byte(out, *at);
            d->used++;
            if (over) return true;
            continue;
        }
        buffer_add(out, at, (size_t)(stop - at));
        d->used += (size_t)(stop - at);
    }
}

/* A number or a word: everything up to white space or a bracket. */
static bool copy_scalar(struct document *d, struct buffer *out, struct err *err)
{
    size_t begin = out->len;

    for (;;) {
        int got = more(d, err);
        char byte;

        if (got <= 0) return got == 0;
        byte = d->chunk.at[d->used];
        if (memchr(" \t\r\n,:[]{}\"", byte, 11)) return true;
        buffer_byte(out, byte);
        cut_off(out, begin);
        d->used++;
    }
}

/* Copies one value without its white space. Brackets are only counted: the scan that follows
 * knows better. Text beyond LINE_LIMIT is passed over and cut off. */
static bool copy_value(struct document *d, struct buffer *out, struct err *err)
{
    size_t depth = 0, begin = out->len;
    bool scalar = false; /* was the last thing a number or a word? Two must not grow together */

    do {
        int byte = look(d, err);

        if (byte <= 0) return ended_inside(d, byte, err);
        cut_off(out, begin);
        if (byte == '"') {
            scalar = false;
            if (!copy_string(d, out, err)) return false;
        } else if (memchr(",:[]{}", byte, 6)) {
            if (depth == 0 && byte != '{' && byte != '[')
                return fail(d, err, "no JSON value where one must stand");
            depth += byte == '{' || byte == '[';
            depth -= byte == '}' || byte == ']';
            buffer_byte(out, (char)byte);
            scalar = false;
            d->used++;
        } else {
            if (scalar) buffer_byte(out, ' ');
            scalar = true;
            if (!copy_scalar(d, out, err)) return false;
        }
    } while (depth);
    return true;
}

/* One record goes to the block, or is passed over when its part is not asked for. */
static bool take_record(struct document *d, struct line_block *block, struct err *err)
{
    size_t begin = block->text.len;
    uint64_t line = d->line;

    if (!copy_value(d, &block->text, err)) return false;
    if (!d->wanted) {
        block->text.len = begin;
        return true;
    }
    line_block_mark(block, begin, line, length_problem(block, begin));
    return true;
}

/* An array is open and one of its values or its end is next. Returns 1, or 0 at the end. */
static int step_in_array(struct document *d, struct line_block *block, struct err *err)
{
    int byte = look(d, err);

    if (byte == ']') {
        d->used++;
        return 0;
    }
    if (byte <= 0) return ended_inside(d, byte, err) ? 1 : -1;
    if (!take_record(d, block, err)) return -1;
    byte = look(d, err);
    if (byte == ',') {
        d->used++;
        if (look(d, err) == ']') return fail(d, err, "a ',' before ']'") ? 1 : -1;
        return 1;
    }
    if (byte == ']') return 1;
    if (byte <= 0) return ended_inside(d, byte, err) ? 1 : -1;
    return fail(d, err, "neither ',' nor ']' behind a record") ? 1 : -1;
}

static bool nothing_left(struct document *d, struct err *err)
{
    int byte = look(d, err);

    d->state = DOCUMENT_END;
    return byte == 0 || (byte > 0 && fail(d, err, "something stands behind the document"));
}

static const char not_a_part[] = "a list of records whose name is no part of a split file";

/* A list of records opens; what was copied before it were the file's own labels. */
static bool open_list(struct document *d, struct line_block *block, size_t begin, size_t list,
                      struct err *err)
{
    if (d->lists & 1U << list) return fail(d, err, "a split file with the same part twice");
    if (d->other_records) return fail(d, err, not_a_part);
    d->lists |= 1U << list;
    d->used++;
    d->state = DOCUMENT_SPLIT;
    d->in_list = true;
    d->wanted = d->part == PART_ALL || parts[list].part == PART_ALL || parts[list].part == d->part;
    block->text.len = begin;
    return true;
}

/* From a key's quote to its value; the key is copied. */
static bool take_name(struct document *d, struct buffer *out, struct err *err)
{
    int byte = look(d, err);

    if (byte != '"')
        return byte > 0 ? fail(d, err, "no key where one must stand") : ended_inside(d, byte, err);
    if (!copy_string(d, out, err)) return false;
    byte = look(d, err);
    if (byte != ':')
        return byte > 0 ? fail(d, err, "no ':' behind a key") : ended_inside(d, byte, err);
    d->used++;
    buffer_byte(out, ':');
    return true;
}

/* What is no part: of a split file it is dropped, so it may not look like records. */
static bool copy_label(struct document *d, struct buffer *out, struct err *err)
{
    size_t begin = out->len;

    if (!copy_value(d, out, err)) return false;
    d->other_records |= out->len - begin > 2 && memcmp(out->at + begin, "[{", 2) == 0;
    return d->state != DOCUMENT_SPLIT || !d->other_records || fail(d, err, not_a_part);
}

/* One member of the outermost object, which is a record or a split file. */
static bool take_member(struct document *d, struct line_block *block, size_t begin, struct err *err)
{
    size_t key = block->text.len, list;
    struct text name;
    int byte;

    if (!take_name(d, &block->text, err)) return false;
    name = (struct text){block->text.at + key + 1, block->text.len - key - 3};
    list = find_part(name);
    d->is_record |= text_is(name, "prompt") || text_is(name, "chosen") || text_is(name, "rejected");
    byte = look(d, err);
    if (d->state == DOCUMENT_SPLIT && d->is_record)
        return fail(d, err, "a pair's own member beside lists of pairs");
    if (d->state == DOCUMENT_SPLIT && list < PARTS && byte != '[')
        return fail(d, err, "a part of a split file that is no list");
    if (list < PARTS && byte == '[' && !d->is_record) return open_list(d, block, begin, list, err);
    return copy_label(d, &block->text, err);
}

/* Behind a member: 1 when another one follows, 0 when the object is over, -1. */
static int member_follows(struct document *d, struct err *err)
{
    int byte = look(d, err);

    if (byte == ',' || byte == '}') {
        d->used++;
        return byte == ',';
    }
    if (byte <= 0) return ended_inside(d, byte, err) ? 1 : -1;
    return fail(d, err, "neither ',' nor '}' behind a member") ? 1 : -1;
}

/* The first object of the file, member by member: a record, or the beginning of a split file. */
static bool take_first_object(struct document *d, struct line_block *block, struct err *err)
{
    size_t begin = block->text.len;
    uint64_t line = d->line;
    int follows = 1;

    d->used++;
    buffer_byte(&block->text, '{');
    if (look(d, err) == '}') {
        follows = 0;
        d->used++;
    }
    while (follows == 1) {
        if (!take_member(d, block, begin, err)) return false;
        if (d->state == DOCUMENT_SPLIT) return true;
        cut_off(&block->text, begin);
        follows = member_follows(d, err);
        if (follows == 1) buffer_byte(&block->text, ',');
    }
    if (follows < 0) return false;
    buffer_byte(&block->text, '}');
    line_block_mark(block, begin, line, length_problem(block, begin));
    d->state = DOCUMENT_VALUES;
    return true;
}

static bool start(struct document *d, struct line_block *block, struct err *err)
{
    int byte = look(d, err);

    d->wanted = true;
    if (byte == '[') {
        d->used++;
        d->state = DOCUMENT_ARRAY;
        return true;
    }
    if (byte <= 0) return ended_inside(d, byte, err);
    if (byte != '{') return fail(d, err, "neither '{' nor '[' at the beginning");
    return take_first_object(d, block, err);
}

/* Between the lists of a split file. */
static bool step_in_split(struct document *d, struct line_block *block, struct err *err)
{
    size_t begin = block->text.len;
    int follows = member_follows(d, err);

    if (follows < 0) return false;
    if (!follows) return nothing_left(d, err);
    if (!take_member(d, block, begin, err)) return false;
    block->text.len = begin; /* a label of the file, such as a version */
    return true;
}

static bool step(struct document *d, struct line_block *block, struct err *err)
{
    int got;

    switch (d->state) {
    case DOCUMENT_START: return start(d, block, err);
    case DOCUMENT_ARRAY:
        got = step_in_array(d, block, err);
        return got ? got > 0 : nothing_left(d, err);
    case DOCUMENT_SPLIT:
        if (!d->in_list) return step_in_split(d, block, err);
        got = step_in_array(d, block, err);
        d->in_list = got != 0;
        return got >= 0;
    case DOCUMENT_VALUES:
        got = look(d, err);
        if (got == 0) d->state = DOCUMENT_END;
        return got == 0 || (got > 0 && take_record(d, block, err));
    case DOCUMENT_END: break;
    }
    return true;
}

int document_next(struct document *document, struct line_block *block, struct err *err)
{
    block->count = block->text.len = 0;
    while (document->state != DOCUMENT_END && block->text.len < FULL)
        if (!step(document, block, err)) return -1;
    line_block_settle(block);
    return block->count > 0;
}
