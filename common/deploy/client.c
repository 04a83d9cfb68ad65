#include "deploy/client.h"

#include "deploy/host.h"
#include "records/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A model is loaded before its first word, and a large file is hashed before it is taken. */
#define PATIENCE 600.0

static const char *const json_field[] = {"Content-Type: application/json", NULL};

void client_open(struct client *client, const char *host, const char *agent)
{
    *client = (struct client){0};
    host_url(&client->url, host);
    client->http = http_open(&(struct http_settings){.agent = agent, .allow_plain = true});
}

void client_close(struct client *client)
{
    http_close(client->http);
    buffer_release(&client->url);
}

/* Scans a JSON text; false with what it is when it is none. */
static bool scan_answer(struct scan *scan, struct text json, struct err *err)
{
    if (scan_json(scan, json.at, json.len) && scan->root.kind == KIND_OBJECT) return true;
    return err_set(err, "the server's answer is not a JSON object: '%.*s'",
                   (int)(json.len < 80 ? json.len : 80), json.at ? json.at : "");
}

/* A member that is a string, terminated in out; false where there is none. */
static bool member_text(const struct scan *scan, const char *name, struct buffer *out)
{
    const struct member *member = scan_member(scan, name);

    out->len = 0;
    if (!member || member->value.kind != KIND_STRING) return false;
    value_unescape(&member->value, out);
    buffer_byte(out, '\0');
    return true;
}

static bool ask(struct client *client, struct http_request *request, const char *path,
                struct http_answer *answer, struct err *err)
{
    char *url = mem_format("%s%s", client->url.at, path);
    bool good;

    request->url = url;
    if (request->patience <= 0) request->patience = PATIENCE;
    good = http_ask(client->http, request, answer, err);
    mem_free(url);
    return good;
}

static bool is_too_old(const char *version)
{
    unsigned long parts[3] = {0};
    const char *at = version;
    char *end;

    for (size_t i = 0; i < 3; i++) {
        parts[i] = strtoul(at, &end, 10);
        if (end == at || *end != '.') break;
        at = end + 1;
    }
    if (!parts[0] && !parts[1] && !parts[2]) return false; /* a build without a number */
    return !parts[0] && (parts[1] < 5 || (parts[1] == 5 && parts[2] < 5));
}

static bool tell_too_old(struct client *client, struct err *err)
{
    return err_set(err, "%s: Ollama %s is too old: 0.5.5 or later is needed", client->url.at,
                   client->version);
}

bool client_greet(struct client *client, struct err *err)
{
    struct http_answer answer = {0};
    struct http_request request = {.patience = 30};
    struct scan scan = {0};
    struct buffer version = {0};
    bool good = ask(client, &request, "/api/version", &answer, err);

    if (!good && !answer.status)
        err_write_prefix(err, "no answer (does Ollama run there? see OLLAMA_HOST and --host)");
    good = good && scan_answer(&scan, (struct text){answer.body.at, answer.body.len}, err);
    if (good && !member_text(&scan, "version", &version))
        good = err_set(err, "%s: is not an Ollama server: it tells no version", client->url.at);
    if (good) {
        snprintf(client->version, sizeof client->version, "%s", version.at);
        good = !is_too_old(client->version) || tell_too_old(client, err);
    }
    scan_release(&scan);
    buffer_release(&version);
    http_answer_release(&answer);
    return good;
}

/* Ollama lists names with their tags, whatever case they were asked for in. */
static bool same_name(const struct buffer *listed, const char *name)
{
    const char *slash = strrchr(name, '/');
    const bool tagged = strchr(slash ? slash : name, ':') != NULL;
    const size_t len = strlen(name);

    if (strncasecmp(listed->at, name, len) != 0) return false;
    return strcasecmp(listed->at + len, tagged ? "" : ":latest") == 0;
}

static int find_digest(struct scan *list, const char *name, char digest[65], struct err *err)
{
    struct scan row = {0};
    struct buffer text = {0};
    int found = 0;

    for (size_t i = 0; found == 0 && i < list->count; i++) {
        const struct value *value = &list->members[i].value;

        if (!scan_json(&row, value->at, value->len) || value->kind != KIND_OBJECT) continue;
        if (!member_text(&row, "name", &text) || !same_name(&text, name)) continue;
        found = member_text(&row, "digest", &text) && strspn(text.at, "0123456789abcdef") == 64 &&
                        !text.at[64]
                    ? 1
                    : -1;
        if (found > 0)
            memcpy(digest, text.at, 65);
        else
            err_write(err, "the server tells no digest of '%s'", name);
    }
    scan_release(&row);
    buffer_release(&text);
    return found;
}

int client_digest(struct client *client, const char *name, char digest[65], struct err *err)
{
    struct http_answer answer = {0};
    struct http_request request = {0};
    struct scan scan = {0}, list = {0};
    const struct member *models;
    int found = -1;

    if (ask(client, &request, "/api/tags", &answer, err) &&
        scan_answer(&scan, (struct text){answer.body.at, answer.body.len}, err)) {
        models = scan_member(&scan, "models");
        found = 0;
        if (models && models->value.kind == KIND_ARRAY &&
            scan_json(&list, models->value.at, models->value.len))
            found = find_digest(&list, name, digest, err);
    }
    scan_release(&scan);
    scan_release(&list);
    http_answer_release(&answer);
    return found;
}

static bool send_names(struct client *client, const char *method, const char *path,
                       const char *const pairs[4], struct err *err)
{
    struct buffer json = {0};
    struct http_answer answer = {0};
    struct http_request request = {.method = method, .fields = json_field, .again = true};
    bool good;

    for (size_t i = 0; i < 4 && pairs[i]; i += 2) {
        buffer_text(&json, i ? "," : "{");
        text_quote(&json, text_of(pairs[i]));
        buffer_byte(&json, ':');
        text_quote(&json, text_of(pairs[i + 1]));
    }
    buffer_byte(&json, '}');
    request.body = (struct http_body){.at = json.at, .size = json.len};
    good = ask(client, &request, path, &answer, err);
    buffer_release(&json);
    http_answer_release(&answer);
    return good;
}

bool client_copy(struct client *client, const char *from, const char *to, struct err *err)
{
    const char *const pairs[4] = {"source", from, "destination", to};

    return send_names(client, "POST", "/api/copy", pairs, err) ||
           err_prefix(err, "'%s' could not be copied to '%s'", from, to);
}

bool client_delete(struct client *client, const char *name, struct err *err)
{
    const char *const pairs[4] = {"model", name, NULL, NULL};

    return send_names(client, "DELETE", "/api/delete", pairs, err);
}

bool client_upload(struct client *client, int fd, uint64_t size, const char *sha256,
                   bool (*progress)(void *context, uint64_t bytes), bool *sent, struct err *err)
{
    char *path = mem_format("/api/blobs/sha256:%s", sha256);
    struct http_answer answer = {0};
    struct http_request head = {.method = "HEAD"};
    struct http_request post = {.method = "POST",
                                .body = {.size = size, .fd = fd, .sha256 = sha256},
                                .again = true,
                                .progress = progress};
    bool good = ask(client, &head, path, &answer, err);

    *sent = false;
    if (!good && answer.status == 404) {
        *sent = true;
        good = ask(client, &post, path, &answer, err);
    }
    mem_free(path);
    http_answer_release(&answer);
    return good;
}

struct stream {
    bool (*take)(void *context, struct text line, struct err *err);
    void *context;
    struct scan scan;
    struct buffer text;
};

static bool take_line(void *context, const char *data, size_t len, struct err *err)
{
    struct stream *stream = context;

    if (!scan_answer(&stream->scan, (struct text){data, len}, err)) return false;
    if (member_text(&stream->scan, "error", &stream->text))
        return err_set(err, "the server: %s", stream->text.at);
    return stream->take(stream->context, (struct text){data, len}, err);
}

bool client_stream(struct client *client, const char *path, struct text json,
                   bool (*take)(void *context, struct text line, struct err *err), void *context,
                   struct err *err)
{
    struct stream stream = {.take = take, .context = context};
    struct http_answer answer = {0};
    struct http_request request = {.method = "POST",
                                   .fields = json_field,
                                   .body = {.at = json.at, .size = json.len},
                                   .lines = true,
                                   .context = &stream,
                                   .take = take_line};
    const bool good = ask(client, &request, path, &answer, err);

    scan_release(&stream.scan);
    buffer_release(&stream.text);
    http_answer_release(&answer);
    return good;
}

struct creation {
    struct scan scan;
    struct buffer status;
    bool done;
};

static bool take_status(void *context, struct text line, struct err *err)
{
    struct creation *creation = context;

    if (!scan_answer(&creation->scan, line, err)) return false;
    creation->done = member_text(&creation->scan, "status", &creation->status) &&
                     strcmp(creation->status.at, "success") == 0;
    return true;
}

bool client_create(struct client *client, struct text json, struct err *err)
{
    struct creation creation = {0};
    bool good = client_stream(client, "/api/create", json, take_status, &creation, err);

    if (!good && strstr(err->text, "path or Modelfile are required"))
        tell_too_old(client, err);
    else if (good && !creation.done)
        good = err_set(err, "%s/api/create: the answer ended before the model was made",
                       client->url.at);
    scan_release(&creation.scan);
    buffer_release(&creation.status);
    return good;
}
