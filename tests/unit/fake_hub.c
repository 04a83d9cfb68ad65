#include "unit/fake_hub.h"

#include "net/digest.h"
#include "unit/files.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

static char *path_of(const struct call *call, const char *repository, const char *file)
{
    const struct fake_hub *hub = call->context;

    return mem_format("%s/%s/%s", hub->root, repository, file);
}

static bool has_fault(const struct call *call, const char *repository, const char *word)
{
    char *path = path_of(call, repository, ".fault");
    char *text = files_read(path, &(size_t){0});
    char *rest = text, *next;
    bool found = false;

    while (text && (next = strsep(&rest, " \n"))) found |= strcmp(next, word) == 0;
    mem_free(text);
    mem_free(path);
    return found;
}

static bool is_large(const char *name)
{
    const size_t len = strlen(name);

    return (len > 12 && strcmp(name + len - 12, ".safetensors") == 0) ||
           (len > 5 && strcmp(name + len - 5, ".gguf") == 0);
}

static void digest_of(const char *name, const char *content, size_t len, char hex[65])
{
    struct digest digest;

    digest_init(&digest, is_large(name) ? NULL : FAKE_HUB_COMMIT, len);
    digest_add(&digest, content, len);
    digest_end(&digest, hex);
}

static void add_entry(const struct call *call, const char *repository, const char *below,
                      const char *name, struct buffer *out)
{
    char *file = mem_format("%s%s", below, name), *path = path_of(call, repository, file);
    size_t len = 0;
    char *content = files_read(path, &len), hex[65];

    if (content) {
        digest_of(name, content, len, hex);
        buffer_format(out, "%s{\"rfilename\":\"%s\"", out->at[out->len - 1] == '}' ? "," : "",
                      file);
        if (has_fault(call, repository, "bad-size"))
            buffer_text(out, ",\"size\":-1");
        else if (!has_fault(call, repository, "names") && is_large(name))
            buffer_format(
                out, ",\"size\":%zu,\"blobId\":\"%040d\",\"lfs\":{\"sha256\":\"%s\",\"size\":%zu}",
                len, 7, hex, len);
        else if (!has_fault(call, repository, "names"))
            buffer_format(out, ",\"size\":%zu,\"blobId\":\"%s\"", len, hex);
        buffer_text(out, "}");
    }
    mem_free(content);
    mem_free(path);
    mem_free(file);
}

static void add_folder(const struct call *call, const char *repository, const char *below,
                       struct buffer *out)
{
    char *path = path_of(call, repository, below);
    DIR *list = opendir(path);
    const struct dirent *entry;

    while (list && (entry = readdir(list))) {
        if (entry->d_name[0] == '.') continue;
        if (entry->d_type == DT_DIR && !*below) {
            char *inner = mem_format("%s/", entry->d_name);

            add_folder(call, repository, inner, out);
            mem_free(inner);
        } else {
            add_entry(call, repository, below, entry->d_name, out);
        }
    }
    if (list) closedir(list);
    mem_free(path);
}

static bool may(struct call *call, const char *repository)
{
    char *token = server_field(call, "Authorization");
    const bool good = token && strcmp(token, "Bearer good") == 0;

    mem_free(token);
    if (has_fault(call, repository, "fail"))
        server_reply(call, 500, NULL, TEXT(""));
    else if (has_fault(call, repository, "private") && !good)
        server_reply(call, 401, "X-Error-Code: RepoNotFound\r\n", TEXT("{\"error\":\"no\"}"));
    else
        return true;
    return false;
}

static void write_list(struct call *call, const char *repository)
{
    struct buffer out = {0};

    buffer_format(&out, "{\"id\":\"%s\",\"sha\":\"%s\",\"siblings\":[", repository,
                  has_fault(call, repository, "no-sha") ? ""
                  : has_fault(call, repository, "bad-sha")
                      ? "../../../../../../../../../../../../../etc"
                      : FAKE_HUB_COMMIT);
    add_folder(call, repository, "", &out);
    if (has_fault(call, repository, "twice")) buffer_text(&out, ",{\"rfilename\":\"config.json\"}");
    if (has_fault(call, repository, "escape"))
        buffer_text(
            &out,
            ",{\"rfilename\":\"../../evil\"},{\"rfilename\":\"/evil\"},{\"rfilename\":\".evil\"}");
    buffer_text(&out, has_fault(call, repository, "bad-json") ? "]" : "]}");
    server_reply(call, 200, "Content-Type: application/json\r\n", (struct text){out.at, out.len});
    buffer_release(&out);
}

/* /api/models/ORGANISATION/NAME/revision/REVISION */
static void list(struct call *call)
{
    char *repository = mem_copy_text(call->tail), *rest = strstr(repository, "/revision/");
    const struct fake_hub *hub = call->context;
    char *path;
    DIR *there;

    if (rest) *rest = '\0';
    path = mem_format("%s/%s", hub->root, repository);
    there = opendir(path);
    if (!there)
        server_reply(call, 404, "X-Error-Code: RepoNotFound\r\n", TEXT(""));
    else if (!may(call, repository))
        ;
    else if (has_fault(call, repository, "revision") || !rest || strstr(rest + 1, "no-such"))
        server_reply(call, 404, "X-Error-Code: RevisionNotFound\r\n", TEXT(""));
    else
        write_list(call, repository);
    if (there) closedir(there);
    mem_free(path);
    mem_free(repository);
}

static void send_slowly(struct call *call, const char *content, size_t len)
{
    server_say(call, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", len);
    for (size_t at = 0; at < len; at += 4096) {
        if (!server_send(call, content + at, len - at < 4096 ? len - at : 4096)) return;
        server_sleep(0.01);
    }
}

/* Half of what is asked for. */
static void send_cut(struct call *call, const char *content, size_t len)
{
    char *range = server_field(call, "Range");
    const size_t from = range ? strtoul(range + 6, NULL, 10) : 0;

    mem_free(range);
    if (from)
        server_say(
            call,
            "HTTP/1.1 206 Part\r\nContent-Range: bytes %zu-%zu/%zu\r\nContent-Length: %zu\r\n\r\n",
            from, len - 1, len, len - from);
    else
        server_say(call, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", len);
    if (from < len) server_send(call, content + from, (len - from) / 2);
}

static void send_large(struct call *call, const char *repository, char *content, size_t len)
{
    struct hostile *state = call->context;
    char *range = server_field(call, "Range");

    if (len && has_fault(call, repository, "flip")) content[len / 2] ^= 1;
    if (has_fault(call, repository, "slow"))
        send_slowly(call, content, len);
    else if (has_fault(call, repository, "cut") && atomic_fetch_add(&state->calls, 1) % 2 == 0)
        send_cut(call, content, len);
    else if (has_fault(call, repository, "forget"))
        server_reply(call, 200, NULL, (struct text){content, len});
    else if (range && has_fault(call, repository, "shift"))
        server_say(
            call,
            "HTTP/1.1 206 Part\r\nContent-Range: bytes 1-%zu/%zu\r\nContent-Length: %zu\r\n\r\n",
            len - 1, len, len - 1);
    else
        server_content(call, NULL, "\"of-the-store\"", (struct text){content, len});
    mem_free(range);
}

/* /large/ORGANISATION/NAME/FILE: where redirects lead. */
static void large(struct call *call)
{
    char *repository = mem_copy_text(call->tail), *slash = strchr(repository, '/');
    size_t len = 0;
    char *path, *content;

    slash = slash ? strchr(slash + 1, '/') : NULL;
    if (slash) *slash++ = '\0';
    path = path_of(call, repository, slash ? slash : "");
    content = files_read(path, &len);
    if (content)
        send_large(call, repository, content, len);
    else
        server_reply(call, 404, NULL, TEXT(""));
    mem_free(content);
    mem_free(path);
    mem_free(repository);
}

static void send_file(struct call *call, const char *repository, const char *file)
{
    char *path = path_of(call, repository, file), hex[65], *fields, *quoted;
    size_t len = 0;
    char *content = files_read(path, &len);

    if (!content) {
        server_reply(call, 404, "X-Error-Code: EntryNotFound\r\n", TEXT(""));
    } else if (is_large(file)) {
        digest_of(file, content, len, hex);
        fields = mem_format("X-Repo-Commit: " FAKE_HUB_COMMIT "\r\nX-Linked-Etag: \"%s\"\r\n"
                            "X-Linked-Size: %zu\r\nLocation: http://localhost:%u/large/%s/%s\r\n",
                            hex, len + has_fault(call, repository, "head-size"),
                            server_port(call->server), repository, file);
        server_reply(call, 302, fields, TEXT(""));
        mem_free(fields);
    } else {
        digest_of(file, content, len, hex);
        quoted = mem_format("\"%s\"", hex);
        server_content(call, "X-Repo-Commit: " FAKE_HUB_COMMIT "\r\n", quoted,
                       (struct text){content, len});
        mem_free(quoted);
    }
    mem_free(content);
    mem_free(path);
}

/* /ORGANISATION/NAME/resolve/COMMIT/FILE */
static void resolve(struct call *call)
{
    char *repository = mem_copy_text(call->tail), *rest = strstr(repository, "/resolve/");
    char *file = rest ? strchr(rest + 9, '/') : NULL;

    if (rest) *rest = '\0';
    if (!file)
        server_reply(call, 404, NULL, TEXT(""));
    else if (has_fault(call, repository, "gated"))
        server_reply(call, 403, "X-Error-Code: GatedRepo\r\n", TEXT("{\"error\":\"ask\"}"));
    else if (may(call, repository))
        send_file(call, repository, file + 1);
    mem_free(repository);
}

/* One of a hostile server's, under its own name. */
static void hostile(struct call *call)
{
    const struct route *route = hostile_routes;

    while (route->answer && strcmp(route->path, call->path + 2) != 0) route++;
    if (route->answer)
        route->answer(call);
    else
        server_reply(call, 404, NULL, TEXT(""));
}

const struct route fake_hub_routes[] = {
    {NULL, "/api/models/*", list, false},
    {NULL, "/large/*", large, false},
    {NULL, "/h/*", hostile, false},
    {NULL, "/*", resolve, false},
    {NULL, NULL, NULL, false},
};
