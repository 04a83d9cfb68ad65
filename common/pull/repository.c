#include "pull/repository.h"

#include "net/url.h"
#include "place/object.h"

#include <stdlib.h>
#include <string.h>

static bool explain_denied(const struct repository *repository, const struct http_answer *answer,
                           struct err *err)
{
    const char *code = http_field(answer, "X-Error-Code");
    const bool gated = code && strcmp(code, "GatedRepo") == 0;

    if (gated)
        return err_set(err, "%s: its owners give it to those they know: ask for access at %s/%s%s",
                       repository->name, repository->endpoint, repository->name,
                       repository->token ? ""
                                         : ", then give a token in HF_TOKEN or by --token-file");
    if (repository->token)
        return err_set(err, "%s: the token is not accepted, or gives no right to it (%ld)",
                       repository->name, answer->status);
    return err_set(err,
                   "%s: there is none by this name, or it is private: for a private one give a "
                   "token in HF_TOKEN or by --token-file",
                   repository->name);
}

/* What a refusal means here; an error of the way stays as it is. */
static bool explain(const struct repository *repository, const char *revision, const char *file,
                    const struct http_answer *answer, struct err *err)
{
    const char *code = http_field(answer, "X-Error-Code");

    if (answer->status == 401 || answer->status == 403)
        return explain_denied(repository, answer, err);
    if (answer->status != 404) return false;
    if (code && strcmp(code, "RevisionNotFound") == 0)
        return err_set(err, "%s: there is no revision '%s'", repository->name, revision);
    if (file) return err_set(err, "%s: there is no file '%s'", repository->name, file);
    return err_set(err, "%s: %s has no model of this name, or none with this revision",
                   repository->name, repository->endpoint);
}

static char *list_url(const struct repository *repository, const char *revision)
{
    struct buffer url = {0};

    buffer_format(&url, "%s/api/models/%s/revision/", repository->endpoint, repository->name);
    url_encode(&url, text_of(revision), "");
    buffer_text(&url, "?blobs=true");
    buffer_byte(&url, '\0');
    return url.at;
}

char *repository_url(const struct repository *repository, const char *commit, const char *file)
{
    struct buffer url = {0};

    buffer_format(&url, "%s/%s/resolve/%s/", repository->endpoint, repository->name, commit);
    url_encode(&url, text_of(file), "/");
    buffer_byte(&url, '\0');
    return url.at;
}

bool repository_list(const struct repository *repository, const char *revision,
                     struct listing *listing, struct err *err)
{
    char *url = list_url(repository, revision);
    struct http_answer answer = {0};
    const struct http_request request = {
        .url = url, .token = repository->token, .limit = OBJECT_LIMIT};
    bool good = http_ask(repository->http, &request, &answer, err);

    *listing = (struct listing){0};
    if (!good) explain(repository, revision, NULL, &answer, err);
    if (good)
        good = listing_parse(listing, (struct text){answer.body.at, answer.body.len},
                             answer.where.at, err);
    http_answer_release(&answer);
    mem_free(url);
    return good;
}

/* Of a large file the hub says itself what the host behind the redirect will send. */
static bool take_head(const struct repository *repository, const char *commit,
                      const struct http_answer *answer, struct listed *file, struct err *err)
{
    const char *etag = http_field(answer, "X-Linked-Etag");
    const char *size = http_field(answer, "X-Linked-Size");
    const char *there = http_field(answer, "X-Repo-Commit");
    char *end = NULL;

    if (!etag) etag = http_field(answer, "ETag");
    if (!size && answer->status == 200) size = http_field(answer, "Content-Length");
    if (there && strcmp(there, commit) != 0)
        return err_set(err, "%s: '%s' is of another commit than the list", repository->name,
                       file->name);
    if (!*file->etag && (!etag || !listed_set_etag(file, etag)))
        return err_set(err, "%s: the server gives no ETag for '%s'", repository->name, file->name);
    if (size && *size >= '0' && *size <= '9') {
        const unsigned long long bytes = strtoull(size, &end, 10);

        if (file->size != LISTING_UNKNOWN && file->size != bytes)
            return err_set(err, "%s: the list has another length for '%s' than its server",
                           repository->name, file->name);
        file->size = bytes;
    }
    return file->size != LISTING_UNKNOWN ||
           err_set(err, "%s: the server does not say how long '%s' is", repository->name,
                   file->name);
}

bool repository_ask(const struct repository *repository, const char *commit, struct listed *file,
                    struct err *err)
{
    char *url = repository_url(repository, commit, file->name);
    struct http_answer answer = {0};
    const struct http_request request = {
        .method = "HEAD", .url = url, .token = repository->token, .stay = true};
    bool good = http_ask(repository->http, &request, &answer, err);

    if (good)
        good = take_head(repository, commit, &answer, file, err);
    else
        explain(repository, commit, file->name, &answer, err);
    http_answer_release(&answer);
    mem_free(url);
    return good;
}
