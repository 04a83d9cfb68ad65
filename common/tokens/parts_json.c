#include "tokens/parts_json.h"

#include "tokens/part_list.h"
#include "unicode/utf8.h"

#include <string.h>

static const struct text mark = {"\xe2\x96\x81", 3};

static bool text_equal(struct text a, struct text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* --- pre_tokenizer */

static const struct {
    enum pieces pieces;
    const char *pattern;
} splits[] = {{PIECES_QWEN2, "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|"
                             " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"},
              {PIECES_LLAMA3,
               "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
               " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"},
              {PIECES_GPT2, "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|"
                            "\\s+(?!\\S)|\\s+"}};

const char *split_pattern(enum pieces pieces)
{
    for (size_t i = 0; i < sizeof splits / sizeof *splits; i++)
        if (splits[i].pieces == pieces) return splits[i].pattern;
    return NULL;
}

static bool read_split(struct part_reader *reader, struct fields *fields)
{
    struct text pattern, behavior = {0};
    bool regex, invert = false;

    if (reader->digits || reader->split || reader->bytes) return refuse_part(fields);
    if (!read_pattern(fields, &pattern, &regex) || !fields_text(fields, "behavior", &behavior) ||
        !fields_flag(fields, "invert", &invert))
        return false;
    if (!text_is(behavior, "Isolated"))
        return fields_fail(fields, "behavior '%.*s' is not supported",
                           (int)(behavior.len < 40 ? behavior.len : 40), behavior.at);
    if (invert) return fields_fail(fields, "'invert' is not supported");
    for (size_t i = 0; i < sizeof splits / sizeof *splits; i++) {
        if (!regex || !text_is(pattern, splits[i].pattern)) continue;
        reader->tokenizer->pieces = splits[i].pieces;
        reader->split = true;
        return true;
    }
    return fields_fail(fields, "pattern '%.*s' is not supported",
                       (int)(pattern.len < 160 ? pattern.len : 160), pattern.at);
}

static bool read_byte_level(struct part_reader *reader, struct fields *fields)
{
    static const char *const need[] = {"add_prefix_space", NULL};
    static const char *const offsets[] = {"trim_offsets", NULL};
    bool prefix = false, regex = true;

    if (reader->bytes || reader->tokenizer->metaspace.there) return refuse_part(fields);
    fields_ignore(fields, offsets);
    if (!fields_need(fields, need) || !fields_flag(fields, "add_prefix_space", &prefix) ||
        !fields_flag(fields, "use_regex", &regex))
        return false;
    if (prefix) return fields_fail(fields, "'add_prefix_space' is not supported");
    if (regex && reader->split)
        return fields_fail(fields, "'use_regex' behind a 'Split' is not supported");
    if (!regex && reader->digits)
        return fields_fail(fields, "'Digits' without 'use_regex' is not supported");
    if (regex)
        reader->tokenizer->pieces = !reader->digits      ? PIECES_GPT2
                                    : reader->individual ? PIECES_SMOLLM
                                                         : PIECES_NUMBERS;
    reader->tokenizer->byte_level = reader->bytes = true;
    return true;
}

static bool read_digits(struct part_reader *reader, struct fields *fields)
{
    if (reader->digits || reader->split || reader->bytes || reader->tokenizer->metaspace.there)
        return refuse_part(fields);
    reader->digits = true;
    return fields_flag(fields, "individual_digits", &reader->individual);
}

static bool read_metaspace(struct part_reader *reader, struct fields *fields)
{
    static const char *const old[] = {"str_rep", NULL};
    struct metaspace *metaspace = &reader->tokenizer->metaspace;
    struct text replacement = {0}, scheme = TEXT("always");
    bool prefix = true, split = true;

    if (reader->digits || reader->split || reader->bytes || metaspace->there)
        return refuse_part(fields);
    fields_ignore(fields, old);
    if (!fields_text(fields, "replacement", &replacement) ||
        !fields_text(fields, "prepend_scheme", &scheme) ||
        !fields_flag(fields, "add_prefix_space", &prefix) || !fields_flag(fields, "split", &split))
        return false;
    if (!text_equal(replacement, mark))
        return fields_fail(fields, "only U+2581 is supported as 'replacement'");
    if (!text_is(scheme, "always") && !text_is(scheme, "first") && !text_is(scheme, "never"))
        return fields_fail(fields, "'prepend_scheme' is neither 'always', 'first' nor 'never'");
    *metaspace = (struct metaspace){true, PREFIX_NEVER, mark};
    if (prefix && !text_is(scheme, "never"))
        metaspace->prefix = text_is(scheme, "first") ? PREFIX_FIRST : PREFIX_ALWAYS;
    if (split) reader->tokenizer->pieces = PIECES_MARKS;
    return true;
}

static bool read_one_pre_tokenizer(struct part_reader *reader, struct fields *fields,
                                   struct text type)
{
    if (text_is(type, "Split")) return read_split(reader, fields);
    if (text_is(type, "ByteLevel")) return read_byte_level(reader, fields);
    if (text_is(type, "Digits")) return read_digits(reader, fields);
    if (text_is(type, "Metaspace")) return read_metaspace(reader, fields);
    return refuse_part(fields);
}

bool read_pre_tokenizer(struct part_reader *reader, struct text json)
{
    reader->tokenizer->pieces = PIECES_WHOLE;
    if (!read_parts(reader, json, "pre_tokenizer", "pretokenizers", read_one_pre_tokenizer))
        return false;
    if (reader->digits && !reader->bytes)
        return err_set(reader->err,
                       "%s: pre_tokenizer: 'Digits' without 'ByteLevel' is not supported",
                       reader->name);
    return true;
}

/* --- normalizer */

static bool add_step(struct normalizer *normalizer, struct fields *fields, enum normal_kind kind,
                     struct text from, struct text to)
{
    struct normal_step *step = &normalizer->steps[normalizer->count];

    if (normalizer->count == NORMAL_STEPS) return fields_fail(fields, "too many steps");
    normalizer->count++;
    step->kind = kind;
    buffer_add(&step->from, from.at, from.len);
    buffer_add(&step->to, to.at, to.len);
    return true;
}

static bool read_replace(struct fields *fields, struct normalizer *normalizer)
{
    static const char *const need[] = {"content", NULL};
    struct text from, to = {0};
    bool regex;

    if (!fields_need(fields, need) || !read_pattern(fields, &from, &regex) ||
        !fields_text(fields, "content", &to))
        return false;
    if (regex) return fields_fail(fields, "a 'Regex' is not supported");
    if (!from.len) return fields_fail(fields, "an empty 'String' is not supported");
    if (to.len > 4 * from.len) return fields_fail(fields, "'content' is too long");
    return add_step(normalizer, fields, NORMAL_REPLACE, from, to);
}

static bool read_one_normalizer(struct part_reader *reader, struct fields *fields, struct text type)
{
    static const char *const need[] = {"prepend", NULL};
    static const struct text nothing = {"", 0};
    struct normalizer *normalizer = &reader->tokenizer->normalizer;
    struct text prepend = {0};

    if (text_is(type, "NFC")) return add_step(normalizer, fields, NORMAL_NFC, nothing, nothing);
    if (text_is(type, "Replace")) return read_replace(fields, normalizer);
    if (!text_is(type, "Prepend")) return refuse_part(fields);
    return fields_need(fields, need) && fields_text(fields, "prepend", &prepend) &&
           add_step(normalizer, fields, NORMAL_PREPEND, nothing, prepend);
}

bool read_normalizer(struct part_reader *reader, struct text json)
{
    return read_parts(reader, json, "normalizer", "normalizers", read_one_normalizer);
}

/* --- decoder: tokens are replaced, bytes are put together, all is joined, the beginning stripped;
 * a file may leave steps out, but not change their order. */

enum { STEP_REPLACE = 1, STEP_BYTES, STEP_FUSE, STEP_STRIP };

static bool read_strip(struct fields *fields, struct decoder_plan *plan)
{
    uint32_t start = 0, stop = 0;
    struct text content = {0};

    if (!fields_text(fields, "content", &content) || !fields_whole(fields, "start", &start) ||
        !fields_whole(fields, "stop", &stop))
        return false;
    if (stop) return fields_fail(fields, "'stop' above 0 is not supported");
    if (!content.len || content.len != utf8_length((unsigned char)*content.at))
        return fields_fail(fields, "'content' is not one character");
    memcpy(plan->strip_bytes, content.at, content.len);
    plan->strip = (struct text){plan->strip_bytes, content.len};
    plan->strip_count = start;
    return true;
}

static bool read_decoder_metaspace(struct part_reader *reader, struct fields *fields)
{
    static const char *const ignored[] = {"split", "str_rep", NULL};
    struct decoder_plan *plan = &reader->tokenizer->decoder;
    struct text replacement = {0}, scheme = TEXT("always");
    bool prefix = true;

    if (reader->step) return refuse_part(fields);
    reader->step = STEP_STRIP;
    fields_ignore(fields, ignored);
    if (!fields_text(fields, "replacement", &replacement) ||
        !fields_text(fields, "prepend_scheme", &scheme) ||
        !fields_flag(fields, "add_prefix_space", &prefix))
        return false;
    if (!text_equal(replacement, mark))
        return fields_fail(fields, "only U+2581 is supported as 'replacement'");
    plan->kind = DECODE_PIECES;
    plan->metaspace_prefix = prefix && !text_is(scheme, "never");
    plan->metaspace = true;
    return add_step(&plan->replace, fields, NORMAL_REPLACE, mark, TEXT(" "));
}

static bool read_decoder_bytes(struct part_reader *reader, struct fields *fields)
{
    static const char *const ignored[] = {"add_prefix_space", "trim_offsets", "use_regex", NULL};

    if (reader->step) return refuse_part(fields);
    reader->step = STEP_STRIP;
    fields_ignore(fields, ignored);
    reader->tokenizer->decoder.kind = DECODE_BYTES;
    return true;
}

static bool read_one_decoder(struct part_reader *reader, struct fields *fields, struct text type)
{
    struct decoder_plan *plan = &reader->tokenizer->decoder;
    int step = text_is(type, "Replace")        ? STEP_REPLACE
               : text_is(type, "ByteFallback") ? STEP_BYTES
               : text_is(type, "Fuse")         ? STEP_FUSE
               : text_is(type, "Strip")        ? STEP_STRIP
                                               : 0;

    if (text_is(type, "ByteLevel")) return read_decoder_bytes(reader, fields);
    if (text_is(type, "Metaspace")) return read_decoder_metaspace(reader, fields);
    if (!step) return refuse_part(fields);
    if (step < reader->step || (step == reader->step && step != STEP_REPLACE) ||
        (step == STEP_STRIP && reader->step != STEP_FUSE))
        return fields_fail(fields, "it is not supported at this place");
    reader->step = step;
    plan->kind = DECODE_PIECES;
    if (step == STEP_REPLACE) return read_replace(fields, &plan->replace);
    if (step == STEP_BYTES) plan->byte_fallback = true;
    return step != STEP_STRIP || read_strip(fields, plan);
}

bool read_decoder(struct part_reader *reader, struct text json)
{
    reader->step = 0;
    return read_parts(reader, json, "decoder", "decoders", read_one_decoder);
}
