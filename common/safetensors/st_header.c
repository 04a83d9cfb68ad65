#include "safetensors/st_header.h"

#include "core/lines.h"
#include "safetensors/lexer.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

/* Where a tensor says that it is. */
struct span {
    uint64_t begin, bytes;
    size_t place; /* in the header */
};

struct parser {
    struct lexer lexer;
    struct st_header *header;
    struct span *spans;
    size_t span_room, room, metadata_room;
};

static const char *format_of(const void *head, size_t len)
{
    if (len >= 4 && memcmp(head, "GGUF", 4) == 0) return "a GGUF file, not safetensors";
    if (len >= 2 && (memcmp(head, "\x80\x02", 2) == 0 || memcmp(head, "\x80\x04", 2) == 0))
        return "a pickle: convert it to safetensors";
    if (len >= 4 && memcmp(head, "PK\x03\x04", 4) == 0)
        return "a zip archive, as of pickled weights: convert it to safetensors";
    return foreign_format(head, len);
}

bool st_header_length(const void *head, size_t len, uint64_t *length, struct err *err)
{
    const char *format = NULL;
    uint64_t little = 0;

    if (len == 0) return err_set(err, "an empty file, not safetensors");
    memcpy(&little, head, len < ST_LENGTH ? len : ST_LENGTH);
    *length = le64toh(little);
    if (len < ST_LENGTH || *length > ST_HEADER_LIMIT) format = format_of(head, len);
    if (format) return err_set(err, "%s", format);
    if (len < ST_LENGTH) return err_set(err, "no safetensors file: only %zu bytes", len);
    if (*length > ST_HEADER_LIMIT)
        return err_set(err, "no safetensors file: a header of %llu bytes, more than %llu",
                       (unsigned long long)*length, (unsigned long long)ST_HEADER_LIMIT);
    if (*length == 0) return err_set(err, "no safetensors file: a header of 0 bytes");
    return true;
}

static bool take_dtype(struct lexer *lexer, struct tensor *tensor, struct err *err)
{
    char *texts = lexer->texts;
    struct text name;

    if (lexer_peek(lexer) != '"') return err_set(err, "'dtype' is not a string");
    if (!lexer_string(lexer, &name, err)) return false;
    lexer->texts = texts;
    return dtype_of_name(name, &tensor->dtype) ||
           err_set(err, "dtype '%.*s' is none that is read here", SHOWN(name));
}

static bool take_shape(struct lexer *lexer, struct tensor *tensor, struct err *err)
{
    bool more;

    if (!lexer_take(lexer, '[')) return err_set(err, "'shape' is not an array");
    more = !lexer_take(lexer, ']');
    while (more) {
        uint64_t extent;

        if (!lexer_whole(lexer, &extent, err)) return err_prefix(err, "'shape'");
        if (extent > ST_EXTENT_LIMIT)
            return err_set(err, "'shape' has an extent of %llu, more than 2^48",
                           (unsigned long long)extent);
        if (tensor->rank == TENSOR_RANK)
            return err_set(err, "'shape' has more than %d dimensions", TENSOR_RANK);
        tensor->shape[tensor->rank++] = extent;
        if (!lexer_more(lexer, ']', &more, err)) return err_prefix(err, "'shape'");
    }
    return true;
}

static bool take_offsets(struct lexer *lexer, uint64_t offsets[2], struct err *err)
{
    bool more;

    if (!lexer_take(lexer, '[')) return err_set(err, "'data_offsets' is not an array");
    if (lexer_peek(lexer) == ']') return err_set(err, "'data_offsets' are not two");
    for (int i = 0; i < 2; i++) {
        if (!lexer_whole(lexer, &offsets[i], err) || !lexer_more(lexer, ']', &more, err))
            return err_prefix(err, "'data_offsets'");
        if (more != (i == 0)) return err_set(err, "'data_offsets' are not two");
    }
    return offsets[0] <= offsets[1] || err_set(err, "'data_offsets' end before they begin");
}

enum member { MEMBER_DTYPE, MEMBER_SHAPE, MEMBER_OFFSETS, MEMBERS };
static const char *const member_names[MEMBERS] = {"dtype", "shape", "data_offsets"};

/* The members of one entry, each exactly once, in any order. */
static bool take_members(struct lexer *lexer, struct tensor *tensor, uint64_t offsets[2],
                         struct err *err)
{
    bool seen[MEMBERS] = {false}, more;

    if (!lexer_take(lexer, '{')) return err_set(err, "its entry is not an object");
    more = !lexer_take(lexer, '}');
    while (more) {
        char *texts = lexer->texts;
        struct text key;
        unsigned i = 0;
        bool good;

        if (!lexer_key(lexer, &key, err)) return false;
        lexer->texts = texts;
        while (i < MEMBERS && !text_is(key, member_names[i])) i++;
        if (i == MEMBERS) return err_set(err, "unknown member '%.*s'", SHOWN(key));
        if (seen[i]) return err_set(err, "'%s' stands twice", member_names[i]);
        seen[i] = true;
        good = i == MEMBER_DTYPE   ? take_dtype(lexer, tensor, err)
               : i == MEMBER_SHAPE ? take_shape(lexer, tensor, err)
                                   : take_offsets(lexer, offsets, err);
        if (!good || !lexer_more(lexer, '}', &more, err)) return false;
    }
    for (unsigned i = 0; i < MEMBERS; i++)
        if (!seen[i]) return err_set(err, "'%s' is missing", member_names[i]);
    return true;
}

static bool take_entry(struct parser *parser, struct text name, struct err *err)
{
    struct st_header *header = parser->header;
    struct tensor tensor = {.name = name};
    uint64_t offsets[2] = {0}, elements = 1, room;

    if (memchr(name.at, '\0', name.len)) return err_set(err, "a name with a NUL in it");
    if (!take_members(&parser->lexer, &tensor, offsets, err)) return false;
    for (unsigned i = 0; i < tensor.rank; i++)
        if (__builtin_mul_overflow(elements, tensor.shape[i], &elements))
            return err_set(err, "its shape has too many elements");
    if (!dtype_bytes(tensor.dtype, elements, &tensor.bytes))
        return err_set(err, "its shape has too many bytes");
    room = offsets[1] - offsets[0];
    if (room != tensor.bytes)
        return err_set(err, "%llu bytes by its shape, %llu by its offsets",
                       (unsigned long long)tensor.bytes, (unsigned long long)room);
    if (header->count == ST_ENTRY_LIMIT)
        return err_set(err, "more than %zu tensors", ST_ENTRY_LIMIT);
    header->tensors =
        mem_room(header->tensors, header->count, &parser->room, sizeof *header->tensors);
    parser->spans =
        mem_room(parser->spans, header->count, &parser->span_room, sizeof *parser->spans);
    parser->spans[header->count] = (struct span){offsets[0], tensor.bytes, header->count};
    header->tensors[header->count++] = tensor;
    return true;
}

static bool take_pair(struct parser *parser, struct err *err)
{
    struct st_header *header = parser->header;
    struct st_pair pair;

    if (!lexer_key(&parser->lexer, &pair.key, err)) return false;
    if (lexer_peek(&parser->lexer) != '"')
        return err_set(err, "'%.*s' is not a string", SHOWN(pair.key));
    if (!lexer_string(&parser->lexer, &pair.value, err)) return false;
    if (header->metadata_count == ST_ENTRY_LIMIT)
        return err_set(err, "more than %zu keys", ST_ENTRY_LIMIT);
    if (lookup_add(&header->by_key, pair.key, header->metadata_count))
        return err_set(err, "'%.*s' stands twice", SHOWN(pair.key));
    header->metadata = mem_room(header->metadata, header->metadata_count, &parser->metadata_room,
                                sizeof *header->metadata);
    header->metadata[header->metadata_count++] = pair;
    return true;
}

static bool take_metadata(struct parser *parser, bool *seen, struct err *err)
{
    struct lexer *lexer = &parser->lexer;
    bool more;

    if (*seen) return err_set(err, "stands twice");
    *seen = true;
    if (!lexer_take(lexer, '{')) return err_set(err, "is not an object");
    more = !lexer_take(lexer, '}');
    while (more)
        if (!take_pair(parser, err) || !lexer_more(lexer, '}', &more, err)) return false;
    return true;
}

static bool take_header(struct parser *parser, struct err *err)
{
    struct lexer *lexer = &parser->lexer;
    bool more, metadata = false;

    if (*lexer->begin != '{') return err_set(err, "the header does not begin with '{'");
    lexer->at++;
    more = !lexer_take(lexer, '}');
    while (more) {
        struct text name;

        if (!lexer_key(lexer, &name, err)) return false;
        if (!(text_is(name, "__metadata__") ? take_metadata(parser, &metadata, err)
                                            : take_entry(parser, name, err)))
            return err_prefix(err, "'%.*s'", SHOWN(name));
        if (!lexer_more(lexer, '}', &more, err)) return false;
    }
    while (lexer->at < lexer->end && *lexer->at == ' ') lexer->at++;
    return lexer->at == lexer->end || lexer_fail(lexer, "no space behind the header", err);
}

static int compare(const void *a, const void *b)
{
    const struct span *x = a, *y = b;

    if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
    if (x->bytes != y->bytes) return x->bytes < y->bytes ? -1 : 1;
    return x->place < y->place ? -1 : 1;
}

/* Most files have their entries in the order of their bytes already. */
static void put_in_order(struct parser *parser)
{
    struct st_header *header = parser->header;
    struct tensor *ordered;
    size_t i = 1;

    while (i < header->count && compare(&parser->spans[i - 1], &parser->spans[i]) < 0) i++;
    if (i >= header->count) return;
    qsort(parser->spans, header->count, sizeof *parser->spans, compare);
    ordered = mem_alloc(header->count * sizeof *ordered);
    for (i = 0; i < header->count; i++) ordered[i] = header->tensors[parser->spans[i].place];
    mem_free(header->tensors);
    header->tensors = ordered;
}

static bool check_spans(const struct parser *parser, struct err *err)
{
    struct st_header *header = parser->header;
    uint64_t end = 0;

    for (size_t i = 0; i < header->count; i++) {
        struct text name = header->tensors[i].name;
        uint64_t begin = parser->spans[i].begin;

        if (begin > end)
            return err_set(err, "'%.*s': the %llu bytes before it belong to no tensor", SHOWN(name),
                           (unsigned long long)(begin - end));
        if (begin < end)
            return err_set(err, "'%.*s': begins %llu bytes before the end of '%.*s'", SHOWN(name),
                           (unsigned long long)(end - begin), SHOWN(header->tensors[i - 1].name));
        end += header->tensors[i].bytes;
    }
    header->data_bytes = end;
    return true;
}

static bool check_names(struct st_header *header, struct err *err)
{
    for (size_t i = 0; i < header->count; i++) {
        struct text name = header->tensors[i].name;

        if (lookup_add(&header->by_name, name, i))
            return err_set(err, "'%.*s': two tensors of this name", SHOWN(name));
    }
    return true;
}

bool st_header_parse(struct st_header *header, struct text json, struct err *err)
{
    struct parser parser = {.header = header};
    bool good;

    *header = (struct st_header){.texts = mem_alloc(json.len)};
    lexer_init(&parser.lexer, json, ST_LENGTH, header->texts);
    good = take_header(&parser, err) && (put_in_order(&parser), check_names(header, err)) &&
           check_spans(&parser, err);
    mem_free(parser.spans);
    if (!good) st_header_release(header);
    return good;
}

const struct tensor *st_header_find(const struct st_header *header, struct text name)
{
    const size_t *index = lookup_find(&header->by_name, name);

    return index ? &header->tensors[*index] : NULL;
}

struct text st_header_metadata(const struct st_header *header, const char *key)
{
    const size_t *index = lookup_find(&header->by_key, text_of(key));

    return index ? header->metadata[*index].value : (struct text){0};
}

void st_header_release(struct st_header *header)
{
    mem_free(header->tensors);
    mem_free(header->metadata);
    mem_free(header->texts);
    lookup_release(&header->by_name);
    lookup_release(&header->by_key);
    *header = (struct st_header){0};
}
