/* The scanner of records against jansson: both must take the same texts and see the same in them.
 *
 * The differences that are meant:
 *   - 65 to 2048 levels are too deep for the scanner, which recurses nowhere but counts them, and
 *     fine for jansson;
 *   - whole numbers beyond 64 bits and numbers too large for a double are text like any other to
 *     the scanner, which passes them on as they came, and an overflow to jansson;
 *   - a NUL byte between two tokens is wrong to the scanner, while jansson loses one that it reads
 *     ahead and puts back. */
#include "fuzz/fuzz.h"
#include "records/value.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

static struct scan scan, part;
static struct buffer text, quoted;

static bool meant(bool scanned, const json_error_t *error, const char *at, size_t size)
{
    if (scanned) return json_error_code(error) == json_error_numeric_overflow;
    if (strcmp(scan.problem, "more than 64 levels deep") == 0) return true;
    return scan.column <= size && at[scan.column - 1] == '\0';
}

/* What a span says by itself is what it said in its place. */
static void check_span(const struct value *value, const char *begin, size_t size)
{
    demand(value->at >= begin && value->len > 0 && value->at + value->len <= begin + size);
    demand(scan_json(&part, value->at, value->len));
    demand(part.root.kind == value->kind && part.root.len == value->len);
    demand(part.root.escaped == value->escaped || value->kind != KIND_STRING);
}

/* text_quote gives a string of the same meaning again. */
static void check_quoting(struct text meaning)
{
    quoted.len = 0;
    text_quote(&quoted, meaning);
    demand(scan_json(&part, quoted.at, quoted.len) && part.root.kind == KIND_STRING);
    demand(value_is(&part.root, meaning));
}

static void check_value(const struct value *value, const json_t *want)
{
    double number;

    if (json_is_string(want)) {
        struct text meaning;

        text.len = 0;
        demand(value->kind == KIND_STRING);
        meaning = value_text(value, &text);
        demand(meaning.len == json_string_length(want));
        demand(memcmp(meaning.at, json_string_value(want), meaning.len) == 0);
        check_quoting(meaning);
    } else if (json_is_number(want)) {
        demand(value_number(value, &number));
        demand(number == json_number_value(want));
    } else {
        demand(!value_number(value, &number));
        demand(value->kind == (json_is_null(want)    ? KIND_NULL
                               : json_is_true(want)  ? KIND_TRUE
                               : json_is_false(want) ? KIND_FALSE
                               : json_is_array(want) ? KIND_ARRAY
                                                     : KIND_OBJECT));
    }
}

static const json_t *find_in(const json_t *object, const struct value *key)
{
    char *name;
    const json_t *found;

    text.len = 0;
    value_unescape(key, &text);
    buffer_byte(&text, '\0');
    name = text.at;
    found = json_object_get(object, name);
    demand(scan_member(&scan, name) != NULL);
    demand(value_is(&scan_member(&scan, name)->key, text_of(name)));
    return found;
}

static void compare(const json_t *root, const char *begin, size_t size)
{
    bool object = json_is_object(root);

    check_span(&scan.root, begin, size);
    check_value(&scan.root, root);
    demand(scan.count == (object ? json_object_size(root) : json_array_size(root)));
    for (size_t i = 0; i < scan.count; i++) {
        const struct member *member = &scan.members[i];

        check_span(&member->value, begin, size);
        if (object) check_span(&member->key, begin, size);
        check_value(&member->value, object ? find_in(root, &member->key) : json_array_get(root, i));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const size_t flags = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY;
    const char *at = data ? (const char *)data : "";
    json_error_t error;
    bool scanned = scan_json(&scan, at, size);
    json_t *root = json_loadb(at, size, flags, &error);

    if (scanned != (root != NULL)) demand(meant(scanned, &error, at, size));
    if (!scanned) demand(scan.problem && scan.column >= 1 && scan.column <= size + 1);
    if (scanned && root) compare(root, at, size);
    json_decref(root);
    scan_release(&scan);
    scan_release(&part);
    buffer_release(&text);
    buffer_release(&quoted);
    return 0;
}
