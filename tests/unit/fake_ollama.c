#include "unit/fake_ollama.h"

#include "core/lines.h"
#include "hash/sha256.h"
#include "records/value.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *fault_of(const struct call *call)
{
    struct fake_ollama *ollama = call->context;
    struct buffer text = {0};
    struct err err;

    if (!ollama->fault_file) return ollama->fault ? ollama->fault : "";
    mem_free(ollama->fault_read);
    ollama->fault_read = NULL;
    if (!read_whole_file(ollama->fault_file, &text, 1000, &err)) return "";
    while (text.len && text.at[text.len - 1] == '\n') text.len--;
    buffer_byte(&text, '\0');
    ollama->fault_read = text.at;
    return text.at;
}

static bool has_fault(const struct call *call, const char *word)
{
    return strcmp(fault_of(call), word) == 0;
}

/* Dead is what the program is, so to say, after the call that killed it. */
static bool is_dead(const struct call *call)
{
    const struct fake_ollama *ollama = call->context;

    return ollama->dead && strncmp(fault_of(call), "dead=", 5) == 0;
}

static void reply(struct call *call, int status, const char *json)
{
    server_reply(call, status, "Content-Type: application/json; charset=utf-8\r\n", text_of(json));
}

static void refuse(struct call *call, int status, const char *why)
{
    struct buffer json = {0};

    buffer_text(&json, "{\"error\":");
    text_quote(&json, text_of(why));
    buffer_text(&json, "}");
    buffer_byte(&json, '\0');
    reply(call, status, json.at);
    buffer_release(&json);
}

static struct fake_model *find(const struct fake_ollama *ollama, const char *name)
{
    for (size_t i = 0; i < ollama->count; i++)
        if (strcasecmp(ollama->models[i].name, name) == 0) return &ollama->models[i];
    return NULL;
}

const char *fake_ollama_digest(const struct fake_ollama *ollama, const char *name)
{
    const struct fake_model *model = find(ollama, name);

    return model ? model->digest : NULL;
}

void fake_ollama_set(struct fake_ollama *ollama, const char *name, const char *digest)
{
    struct fake_model *model = find(ollama, name);
    char hex[65];

    snprintf(hex, sizeof hex, "%s", digest);
    if (!model) {
        ollama->models =
            mem_room(ollama->models, ollama->count, &ollama->room, sizeof *ollama->models);
        model = &ollama->models[ollama->count++];
        model->name = mem_copy_text(name);
    }
    memcpy(model->digest, hex, sizeof hex);
}

static void version(struct call *call)
{
    if (has_fault(call, "page"))
        server_reply(call, 200, NULL, TEXT("<html>hello</html>"));
    else
        reply(call, 200,
              has_fault(call, "old")          ? "{\"version\":\"0.5.4\"}"
              : has_fault(call, "no-number")  ? "{\"version\":\"0.0.0\"}"
              : has_fault(call, "no-version") ? "{\"x\":1}"
                                              : "{\"version\":\"0.34.4\"}");
}

static void tags(struct call *call)
{
    const struct fake_ollama *ollama = call->context;
    struct buffer json = {0};

    buffer_text(&json, "{\"models\":[");
    for (size_t i = 0; i < ollama->count; i++)
        buffer_format(&json, "%s{\"name\":\"%s\",\"model\":\"%s\",\"size\":1,\"digest\":\"%s\"}",
                      i ? "," : "", ollama->models[i].name, ollama->models[i].name,
                      ollama->models[i].digest);
    buffer_text(&json, "]}");
    buffer_byte(&json, '\0');
    reply(call, 200, json.at);
    buffer_release(&json);
}

static bool has_blob(const struct fake_ollama *ollama, const char *digest)
{
    for (size_t i = 0; i < ollama->blob_count; i++)
        if (strcmp(ollama->blobs[i], digest) == 0) return true;
    return false;
}

static void blob_head(struct call *call)
{
    server_reply(call, has_blob(call->context, call->tail) ? 200 : 404, NULL, TEXT(""));
}

static void blob_post(struct call *call)
{
    struct fake_ollama *ollama = call->context;
    struct sha256 sha;
    char hex[65];

    if (has_fault(call, "upload")) {
        refuse(call, 500, "write STORE/blobs/x: no space left on device");
        return;
    }
    sha256_init(&sha);
    sha256_add(&sha, call->body.at, call->body.len);
    sha256_hex(&sha, hex);
    if (strcmp(hex, call->tail) != 0) {
        refuse(call, 400, "digest mismatch");
        return;
    }
    ollama->blobs =
        mem_room(ollama->blobs, ollama->blob_count, &ollama->blob_room, sizeof *ollama->blobs);
    ollama->blobs[ollama->blob_count++] = mem_copy_text(hex);
    server_reply(call, 201, NULL, TEXT(""));
}

/* A member of the request's body, to be freed. */
static char *asked(const struct call *call, const char *name)
{
    struct scan scan = {0};
    struct buffer text = {0};
    const struct member *member =
        scan_json(&scan, call->body.at, call->body.len) ? scan_member(&scan, name) : NULL;

    if (member && member->value.kind == KIND_STRING) value_unescape(&member->value, &text);
    buffer_byte(&text, '\0');
    scan_release(&scan);
    return text.at;
}

/* What a model is depends on all of the request but its name. */
static void make(struct call *call)
{
    struct fake_ollama *ollama = call->context;
    const char *files = memmem(call->body.at, call->body.len, "\"files\"", 7);
    char *name = asked(call, "model"), hex[65];
    struct sha256 sha;

    sha256_init(&sha);
    sha256_add(&sha, files, call->body.len - (size_t)(files - call->body.at));
    sha256_hex(&sha, hex);
    if (!has_fault(call, "lost")) fake_ollama_set(ollama, name, hex);
    ollama->created.len = 0;
    buffer_add(&ollama->created, call->body.at, call->body.len);
    mem_free(name);
}

#define LINES "Content-Type: application/x-ndjson\r\n"
#define PARSING "{\"status\":\"parsing GGUF\"}\n"

static void create(struct call *call)
{
    const char *digest = memmem(call->body.at, call->body.len, "sha256:", 7);
    char *hex = digest ? mem_format("%.64s", digest + 7) : NULL;

    if (has_fault(call, "form"))
        refuse(call, 400, "path or Modelfile are required");
    else if (!hex || !has_blob(call->context, hex) || has_fault(call, "create"))
        server_reply(
            call, 200, LINES,
            TEXT(PARSING "{\"error\":\"open STORE/blobs/x: no such file or directory\"}\n"));
    else if (has_fault(call, "template"))
        refuse(call, 400, "template error: template: :1: unclosed action");
    else if (has_fault(call, "early"))
        server_reply(call, 200, LINES, TEXT(PARSING));
    else {
        make(call);
        server_reply(call, 200, LINES,
                     TEXT(PARSING "{\"status\":\"creating new layer sha256:0\"}\n"
                                  "{\"status\":\"writing manifest\"}\n{\"status\":\"success\"}\n"));
    }
    mem_free(hex);
}

static void copy(struct call *call)
{
    struct fake_ollama *ollama = call->context;
    char *from = asked(call, "source"), *to = asked(call, "destination");
    const struct fake_model *model = find(ollama, from);
    const char *fault = fault_of(call);

    ollama->dead = is_dead(call) || (strncmp(fault, "dead=", 5) == 0 && strcmp(fault + 5, to) == 0);
    if (is_dead(call))
        refuse(call, 400, "dead");
    else if (strncmp(fault, "copy=", 5) == 0 && strcmp(fault + 5, to) == 0)
        refuse(call, 400, "destination is invalid");
    else if (!model)
        refuse(call, 404, "model not found");
    else {
        fake_ollama_set(ollama, to, model->digest);
        server_reply(call, 200, NULL, TEXT(""));
    }
    mem_free(from);
    mem_free(to);
}

static void erase(struct call *call)
{
    struct fake_ollama *ollama = call->context;
    char *name = asked(call, "model");
    struct fake_model *model = find(ollama, name);

    if (is_dead(call))
        refuse(call, 400, "dead");
    else if (!model)
        refuse(call, 404, "model not found");
    else {
        mem_free(model->name);
        *model = ollama->models[--ollama->count];
        server_reply(call, 200, NULL, TEXT(""));
    }
    mem_free(name);
}

#define SAYS(text) "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"" text "\"},"

static void chat(struct call *call)
{
    if (has_fault(call, "runner"))
        refuse(call, 500, "llama-server process has terminated: exit status 1");
    else if (has_fault(call, "silent"))
        server_reply(call, 200, LINES, TEXT(SAYS("") "\"done\":true,\"done_reason\":\"stop\"}\n"));
    else if (has_fault(call, "endless"))
        server_reply(call, 200, LINES, TEXT(SAYS("No") "\"done\":false}\n"));
    else
        server_reply(
            call, 200, LINES,
            TEXT(SAYS("No, ") "\"done\":false}\n" SAYS("wait \\u00e9.") "\"done\":false}\n" SAYS(
                "") "\"done\":true,\"done_reason\":\"stop\",\"eval_count\":4}\n"));
}

const struct route fake_ollama_routes[] = {{"GET", "/api/version", version, false},
                                           {"GET", "/api/tags", tags, false},
                                           {"HEAD", "/api/blobs/sha256:*", blob_head, false},
                                           {"POST", "/api/blobs/sha256:*", blob_post, false},
                                           {"POST", "/api/create", create, false},
                                           {"POST", "/api/copy", copy, false},
                                           {"DELETE", "/api/delete", erase, false},
                                           {"POST", "/api/chat", chat, false},
                                           {NULL, NULL, NULL, false}};

void fake_ollama_release(struct fake_ollama *ollama)
{
    for (size_t i = 0; i < ollama->count; i++) mem_free(ollama->models[i].name);
    for (size_t i = 0; i < ollama->blob_count; i++) mem_free(ollama->blobs[i]);
    mem_free(ollama->models);
    mem_free(ollama->blobs);
    mem_free(ollama->fault_read);
    buffer_release(&ollama->created);
}

struct server *fake_ollama_serve(struct fake_ollama *ollama, const char *fault,
                                 struct client *client)
{
    struct server *server;

    fake_ollama_release(ollama);
    *ollama = (struct fake_ollama){.fault = fault};
    server = server_start(fake_ollama_routes, ollama);
    client_open(client, server_url(server, "/"), "test/1");
    return server;
}
