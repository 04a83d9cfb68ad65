#include "tokens/part_list.h"

static bool read_part(struct part_reader *reader, struct text json, const char *slot,
                      part_read *read)
{
    static const char *const need[] = {"type", NULL};
    struct fields fields;
    struct text type = {0};
    bool good;

    good = fields_open(&fields, json, reader->err, "%s: %s", reader->name, slot) &&
           fields_need(&fields, need) && fields_text(&fields, "type", &type);
    if (good) {
        buffer_format(&fields.where, " '%.*s'", (int)(type.len < 40 ? type.len : 40), type.at);
        good = read(reader, &fields, type) && fields_end(&fields);
    }
    fields_release(&fields);
    return good;
}

static bool read_list(struct part_reader *reader, const struct value *list, const char *slot,
                      part_read *read)
{
    struct scan scan = {0};
    bool good = scan_json(&scan, list->at, list->len) && scan.root.kind == KIND_ARRAY;

    if (!good)
        err_set(reader->err, "%s: %s: no array in its Sequence", reader->name, slot);
    else if (scan.count > PART_LIMIT)
        good = err_set(reader->err, "%s: %s: more than %d parts", reader->name, slot, PART_LIMIT);
    for (size_t i = 0; good && i < scan.count; i++) {
        const struct value *value = &scan.members[i].value;

        good = read_part(reader, (struct text){value->at, value->len}, slot, read);
    }
    scan_release(&scan);
    return good;
}

bool read_parts(struct part_reader *reader, struct text json, const char *slot, const char *list,
                part_read *read)
{
    struct fields fields;
    struct text type = {0};
    bool good, sequence;

    if (!json.len || text_is(json, "null")) return true;
    good = fields_open(&fields, json, reader->err, "%s: %s", reader->name, slot) &&
           fields_text(&fields, "type", &type);
    sequence = good && text_is(type, "Sequence");
    if (sequence) {
        const struct value *value = fields_value(&fields, list);

        if (!value)
            good = fields_fail(&fields, "'%s' is missing", list);
        else
            good = fields_end(&fields) && read_list(reader, value, slot, read);
    }
    fields_release(&fields);
    return good && (sequence || read_part(reader, json, slot, read));
}

bool refuse_part(struct fields *fields)
{
    return fields_fail(fields, "it is not supported");
}

bool read_pattern(struct fields *fields, struct text *pattern, bool *regex)
{
    struct fields inner;
    bool good;

    *regex = false;
    *pattern = (struct text){0};
    good = fields_enter(&inner, fields, "pattern") && fields_text(&inner, "String", pattern);
    if (good && !pattern->at) good = *regex = fields_text(&inner, "Regex", pattern);
    if (good && !pattern->at) good = fields_fail(&inner, "neither 'String' nor 'Regex'");
    good = good && fields_end(&inner);
    if (good) { /* it must outlive inner */
        size_t before = fields->texts.len;

        buffer_add(&fields->texts, pattern->at, pattern->len);
        *pattern = (struct text){fields->texts.at + before, pattern->len};
    }
    fields_release(&inner);
    return good;
}
