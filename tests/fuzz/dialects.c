/* Records and documents of other people: whatever the bytes, no crash; and
 *   - what dialect_convert rewrites is one JSON object again, whose check says the same when it is
 *     read a second time;
 *   - a document gives the same records however its bytes arrive, and an array whose records are
 *     all JSON is JSON itself.
 * Two refusals of a rewritten line are meant: a map of the user's that makes two members one, and
 * a message 64 levels deep that became a conversation of 65. */
#include "fuzz/fuzz.h"
#include "sources/dialect.h"
#include "sources/document.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct pair pair, again;
static struct dialect_work work;
static struct buffer out;

/* The calls that every tool makes on a pair that passed its check. */
static void use(struct pair *p)
{
    const struct hash_key key = {1, 2};
    struct err err;

    for (enum field f = FIELD_PROMPT; f <= FIELD_REJECTED; f++) {
        struct hash128 first = pair_hash(p, f, key), second = pair_hash(p, f, key);

        demand(first.low == second.low && first.high == second.high);
    }
    pair_fault(p, &err);
    pair_is_debate(p);
    pair_find(p, "metadata.topic");
}

static bool meant(bool mapped)
{
    const char *problem = again.scan.problem;

    return problem && (strcmp(problem, "more than 64 levels deep") == 0 ||
                       (mapped && strcmp(problem, "an object with the same key twice") == 0));
}

static void check_written(struct text line, bool good, bool mapped)
{
    struct err err;

    if (!pair_scan(&again, line, &err)) {
        demand(meant(mapped));
        return;
    }
    demand(!good || pair_check(&again, &err));
    if (pair_check(&again, &err)) use(&again);
}

static void convert(const struct dialect *dialect, struct text line)
{
    enum dialect_result result;
    struct err err;
    bool good;

    out.len = 0;
    if (!pair_scan(&pair, line, &err)) return;
    if (!dialect_convert(dialect, &pair, &work, &out, &result, &err)) {
        demand(*err.text != '\0');
        return;
    }
    good = result != DIALECT_OTHER && pair_check(&pair, &err);
    if (good) use(&pair);
    if (result == DIALECT_ADDS) {
        buffer_add(&out, line.at, pair.scan.root.len + (size_t)(pair.scan.root.at - line.at) - 1);
        dialect_write_added(&work, &out);
        buffer_byte(&out, '}');
    }
    if (result == DIALECT_OURS) buffer_add(&out, line.at, line.len);
    check_written((struct text){out.at, out.len}, good, dialect->map_count > 0);
}

/* Every record behind its line number, or the error; head bytes come as the head. */
static bool read_document(struct text bytes, size_t head, enum part part, struct buffer *records,
                          bool *all_json)
{
    struct buffer start = {0};
    struct document document;
    struct line_block block = {0};
    struct scan scan = {0};
    struct err err;
    int got, fd = memfd_create("document", MFD_CLOEXEC);

    demand(fd >= 0);
    demand(write(fd, bytes.at + head, bytes.len - head) == (ssize_t)(bytes.len - head));
    demand(lseek(fd, 0, SEEK_SET) == 0);
    buffer_add(&start, bytes.at, head);
    document_open(&document, "document", fd, &start, part);
    while ((got = document_next(&document, &block, &err)) == 1)
        for (size_t i = 0; i < block.count; i++) {
            const struct line *line = &block.lines[i];

            demand(!line->problem);
            *all_json = scan_json(&scan, line->at, line->len) && *all_json;
            buffer_format(records, "%llu:", (unsigned long long)line->number);
            buffer_add(records, line->at, line->len);
            buffer_byte(records, '\n');
        }
    if (got < 0) buffer_text(records, err.text);
    document_close(&document);
    line_block_release(&block);
    buffer_release(&start);
    scan_release(&scan);
    return got == 0;
}

static void check_array(struct text bytes)
{
    struct scan scan = {0};

    if (!scan_json(&scan, bytes.at, bytes.len))
        demand(strcmp(scan.problem, "more than 64 levels deep") == 0);
    scan_release(&scan);
}

static void read_twice(struct text bytes, enum part part)
{
    struct buffer one = {0}, two = {0};
    bool all_json = true, same_json = true;
    bool done = read_document(bytes, bytes.len, part, &one, &all_json);

    demand(read_document(bytes, bytes.len / 3, part, &two, &same_json) == done);
    demand(one.len == two.len && (!one.len || memcmp(one.at, two.at, one.len) == 0));
    if (done && all_json && bytes.at[strspn(bytes.at, " \t\r\n")] == '[') check_array(bytes);
    buffer_release(&one);
    buffer_release(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct dialect plain;
    static struct dialect mapped;
    struct buffer copy = {0};
    struct err err;

    if (!mapped.map_count) {
        demand(dialect_map(&mapped, "prompt=question", &err));
        demand(dialect_map(&mapped, "chosen=metadata.best", &err));
        demand(dialect_map(&mapped, "rejected=a.b.c", &err));
    }
    buffer_add(&copy, data, size);
    buffer_byte(&copy, '\0');
    convert(&plain, (struct text){(const char *)data, size});
    convert(&mapped, (struct text){(const char *)data, size});
    for (enum part part = PART_TRAIN; part <= PART_ALL; part++)
        read_twice((struct text){copy.at, size}, part);
    buffer_release(&copy);
    pair_release(&pair);
    pair_release(&again);
    dialect_work_release(&work);
    buffer_release(&out);
    pair = again = (struct pair){0};
    work = (struct dialect_work){0};
    return 0;
}
