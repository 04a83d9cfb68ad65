#include "pull/token.h"

#include "core/lines.h"
#include "core/memory.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

enum { TOKEN_LIMIT = 4096 };

bool token_is_set(const char *variable)
{
    static const char *const words[] = {"1", "on", "yes", "true"};
    const char *value = getenv(variable);

    for (size_t i = 0; value && i < sizeof words / sizeof *words; i++)
        if (strcasecmp(value, words[i]) == 0) return true;
    return false;
}

/* Without the white space around it. False when something in it cannot be sent. */
static bool take(const char *text, size_t len, char **token)
{
    while (len && strchr(" \t\r\n", text[len - 1])) len--;
    while (len && strchr(" \t\r\n", *text)) text++, len--;
    for (size_t i = 0; i < len; i++)
        if (text[i] <= ' ' || text[i] > '~') return false;
    *token = len ? mem_format("%.*s", (int)len, text) : NULL;
    return true;
}

static bool take_file(const char *path, char **token, struct err *err)
{
    struct buffer text = {0};
    bool good = read_whole_file(path, &text, TOKEN_LIMIT, err);

    if (good && !take(text.at ? text.at : "", text.len, token))
        good = err_set(err, "%s: not a token: it holds characters that none has", path);
    buffer_release(&text);
    return good;
}

/* Where the hub's tools put it at a login; NULL when the environment names no place. */
static char *usual_path(void)
{
    static const struct {
        const char *variable, *below;
    } places[] = {
        {"HF_TOKEN_PATH", ""},
        {"HF_HOME", "/token"},
        {"XDG_CACHE_HOME", "/huggingface/token"},
        {"HOME", "/.cache/huggingface/token"},
    };

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *value = getenv(places[i].variable);

        if (value && *value) return mem_format("%s%s", value, places[i].below);
    }
    return NULL;
}

bool token_find(const char *file, char **token, struct err *err)
{
    static const char *const variables[] = {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"};
    char *path;
    bool good = true;

    *token = NULL;
    if (file) {
        if (!take_file(file, token, err)) return false;
        return *token || err_set(err, "%s: holds no token", file);
    }
    for (size_t i = 0; i < 2; i++) {
        const char *value = getenv(variables[i]);

        if (!value) continue;
        if (!take(value, strlen(value), token))
            return err_set(err, "%s: not a token: it holds characters that none has", variables[i]);
        if (*token) return true;
    }
    if (token_is_set("HF_HUB_DISABLE_IMPLICIT_TOKEN")) return true;
    path = usual_path();
    if (path && access(path, R_OK) == 0) good = take_file(path, token, err);
    mem_free(path);
    return good;
}
