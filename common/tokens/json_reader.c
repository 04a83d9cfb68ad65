#include "tokens/json_reader.h"

#include "records/scan_window.h"
#include "records/value.h"

void json_open(struct json *json, struct text text)
{
    const char *at = text.at ? text.at : ""; /* an empty file is mapped nowhere */

    *json = (struct json){.start = at, .at = at, .end = at + text.len};
}

void json_release(struct json *json)
{
    buffer_release(&json->scratch);
}

bool json_fail(struct json *json, const char *problem)
{
    json->problem = problem;
    return false;
}

/* Indented files are mostly spaces. */
static void skip_space(struct json *json)
{
    const char *at = json->at, *end = json->end;

    while (at < end && (unsigned char)*at <= ' ') {
        uint64_t word;

        if (*at != ' ' && *at != '\n' && *at != '\t' && *at != '\r') break;
        at++;
        while (end - at >= 8) {
            memcpy(&word, at, sizeof word);
            if (word != 0x2020202020202020) break;
            at += 8;
        }
    }
    json->at = at;
}

char json_peek(struct json *json)
{
    skip_space(json);
    return json->at < json->end ? *json->at : '\0';
}

static bool take(struct json *json, char byte, const char *problem)
{
    if (json_peek(json) != byte) return json_fail(json, problem);
    json->at++;
    return true;
}

bool json_enter(struct json *json, char bracket)
{
    return take(json, bracket,
                bracket == '{' ? "no object where one must stand"
                               : "no array where one must stand");
}

/* To the next member or behind the bracket. */
static int next(struct json *json, bool *first, char bracket)
{
    char byte = json_peek(json);
    bool was_first = *first;

    *first = false;
    if (byte == bracket) return json->at++, 0;
    if (was_first) return 1;
    if (byte != ',') {
        json_fail(json, bracket == '}' ? "neither ',' nor '}'" : "neither ',' nor ']'");
        return -1;
    }
    json->at++;
    return 1;
}

int json_key(struct json *json, bool *first, struct text *key)
{
    int more = next(json, first, '}');

    if (more != 1) return more;
    return json_text(json, key) && take(json, ':', "no ':' behind a key") ? 1 : -1;
}

int json_item(struct json *json, bool *first)
{
    return next(json, first, ']');
}

/* From behind the opening quote to behind the closing one. */
static bool find_quote(struct json *json, bool *escaped)
{
    const char *at = json->at, *end = json->end;

    for (;;) {
        size_t len;

        json->at = at = window_run(at, end);
        if (at == end) return json_fail(json, "the text ends inside a string");
        if (*at == '"') return json->at++, true;
        if ((unsigned char)*at < 0x20)
            return json_fail(json, "a control character inside a string");
        len = *at == '\\' ? escape_length(at, end) : utf8_run(at, end);
        if (!len)
            return json_fail(json, *at == '\\' ? "an escape that JSON does not have"
                                               : "bytes that are not UTF-8");
        *escaped |= *at == '\\';
        at += len;
    }
}

bool json_text(struct json *json, struct text *text)
{
    struct value value = {.kind = KIND_STRING};

    if (!take(json, '"', "no string where one must stand")) return false;
    value.at = json->at - 1;
    if (!find_quote(json, &value.escaped)) return false;
    value.len = (size_t)(json->at - value.at);
    json->scratch.len = 0;
    *text = value.escaped ? value_text(&value, &json->scratch)
                          : (struct text){value.at + 1, value.len - 2};
    return true;
}

bool json_whole(struct json *json, uint32_t *number)
{
    uint64_t value = 0;
    const char *at;

    json_peek(json);
    for (at = json->at; at < json->end && *at >= '0' && *at <= '9' && value <= UINT32_MAX; at++)
        value = value * 10 + (uint64_t)(*at - '0');
    if (at == json->at || value > UINT32_MAX || (at - json->at > 1 && *json->at == '0') ||
        (at < json->end && (*at == '.' || *at == 'e' || *at == 'E')))
        return json_fail(json, "no whole number below 2^32 where one must stand");
    json->at = at;
    *number = (uint32_t)value;
    return true;
}

bool json_pass(struct json *json, struct text *value)
{
    size_t depth = 0;
    bool escaped = false;

    json_peek(json);
    value->at = json->at;
    do {
        char byte = json_peek(json);

        if (!byte) return json_fail(json, "the text ends too early");
        if (!depth && (byte == ']' || byte == '}' || byte == ',' || byte == ':'))
            return json_fail(json, "no value where one must stand");
        json->at++;
        if (byte == '{' || byte == '[') depth++;
        if (byte == '}' || byte == ']') depth--;
        if (byte == '"' && !find_quote(json, &escaped)) return false;
        if (depth || byte == '"' || byte == '}' || byte == ']') continue;
        while (json->at < json->end && !strchr(",]} \n\r\t", *json->at)) json->at++;
    } while (depth);
    value->len = (size_t)(json->at - value->at);
    return true;
}

bool json_end(struct json *json)
{
    return json_peek(json) == '\0' && json->at == json->end
               ? true
               : json_fail(json, "something behind the value");
}
