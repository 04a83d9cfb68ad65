#include "net/refusal.h"

#include "core/number.h"
#include "net/url.h"

#include <jansson.h>
#include <string.h>

enum { WORDS = 240 };

static const char *meaning_of(long status)
{
    static const struct {
        long status;
        const char *meaning;
    } known[] = {
        {301, "moved"},
        {302, "moved"},
        {303, "moved"},
        {304, "not changed"},
        {307, "moved"},
        {308, "moved"},
        {400, "bad request"},
        {401, "not authorised"},
        {403, "forbidden"},
        {404, "not found"},
        {405, "method not allowed"},
        {408, "the server waited too long"},
        {409, "conflict"},
        {410, "gone"},
        {411, "length required"},
        {412, "precondition failed"},
        {413, "too large"},
        {416, "no such range"},
        {429, "too many requests"},
        {500, "the server failed"},
        {501, "not implemented"},
        {502, "bad gateway"},
        {503, "not available now"},
        {504, "the gateway waited too long"},
        {507, "the server's disk is full"},
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].status == status) return known[i].meaning;
    return status < 400 ? "an unexpected answer" : status < 500 ? "refused" : "the server failed";
}

/* The first line, cut where a letter ends. */
static void add_words(struct buffer *out, const char *words)
{
    size_t len = strcspn(words, "\r\n");

    if (len > WORDS) {
        len = WORDS;
        while (len && ((unsigned char)words[len] & 0xC0) == 0x80) len--;
    }
    while (len && words[len - 1] == ' ') len--;
    if (len == 0) return;
    buffer_text(out, ": ");
    buffer_add(out, words, len);
}

/* {"error": "..."}, {"error": {"message": "..."}} or {"message": "..."} */
static bool add_json(struct buffer *out, const struct buffer *body)
{
    json_t *root = json_loadb(body->at, body->len, 0, NULL);
    const json_t *error = json_object_get(root, "error");
    const json_t *inner = json_object_get(error, "message");
    const json_t *other = json_object_get(root, "message");
    const char *words = json_string_value(error);

    if (!words) words = json_string_value(inner);
    if (!words) words = json_string_value(other);
    if (words) add_words(out, words);
    json_decref(root);
    return words != NULL;
}

static void add_body(struct buffer *out, const struct http_answer *answer)
{
    const char *type = http_field(answer, "Content-Type");

    if (answer->body.len == 0 || add_json(out, &answer->body)) return;
    if (!type || strncmp(type, "text/plain", 10) == 0) add_words(out, answer->body.at);
}

bool refusal_tell(const struct http_answer *answer, struct err *err)
{
    const char *message = http_field(answer, "X-Error-Message");
    const struct text where = url_shown(answer->where.at);
    struct buffer words = {0};

    if (message)
        add_words(&words, message);
    else
        add_body(&words, answer);
    buffer_byte(&words, '\0');
    err_set(err, "%.*s: %ld %s%s", (int)where.len, where.at, answer->status,
            meaning_of(answer->status), words.at);
    buffer_release(&words);
    return false;
}

double refusal_wait(const struct http_answer *answer)
{
    const char *value = http_field(answer, "Retry-After");
    double seconds;

    return value && parse_number(value, &seconds) && seconds >= 0 ? seconds : -1;
}
