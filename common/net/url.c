#include "net/url.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { HOST_LIMIT = 255, PORT_LIMIT = 65535 };

static bool is_host(struct text host)
{
    if (host.len == 0 || host.len > HOST_LIMIT) return false;
    for (size_t i = 0; i < host.len; i++) {
        const char c = host.at[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
            !strchr(".-_:", c))
            return false;
    }
    return true;
}

static bool is_loopback(struct text host)
{
    size_t dots = 0;

    if (host.len == 9 && strncasecmp(host.at, "localhost", 9) == 0) return true;
    if (text_is(host, "::1")) return true;
    if (host.len < 9 || memcmp(host.at, "127.", 4) != 0) return false;
    for (size_t i = 0; i < host.len; i++) {
        if (host.at[i] == '.')
            dots++;
        else if (host.at[i] < '0' || host.at[i] > '9')
            return false;
    }
    return dots == 3;
}

/* ':PORT', or nothing. */
static bool parse_port(struct url *url, struct text text)
{
    unsigned port = 0;

    if (text.len == 0) return true;
    if (text.at[0] != ':' || text.len < 2 || text.len > 6) return false;
    for (size_t i = 1; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') return false;
        port = port * 10 + (unsigned)(text.at[i] - '0');
    }
    url->port = port;
    return port > 0 && port <= PORT_LIMIT;
}

static bool parse_authority(struct url *url, struct text text)
{
    const bool bracket = text.len && text.at[0] == '[';
    const char *end = memchr(text.at, bracket ? ']' : ':', text.len);
    size_t len = end ? (size_t)(end - text.at) : text.len;

    if (bracket && !end) return false;
    url->host = bracket ? (struct text){text.at + 1, len - 1} : (struct text){text.at, len};
    if (bracket) len++;
    url->loopback = is_loopback(url->host);
    return is_host(url->host) && parse_port(url, (struct text){text.at + len, text.len - len});
}

bool url_parse(struct url *url, const char *text, struct err *err)
{
    const struct text shown = url_shown(text);
    const char *host = NULL;
    size_t len;

    *url = (struct url){.secure = strncasecmp(text, "https://", 8) == 0};
    if (url->secure) host = text + 8;
    if (strncasecmp(text, "http://", 7) == 0) host = text + 7;
    url->port = url->secure ? 443 : 80;
    if (!host)
        return err_set(err, "'%.*s' is neither an https:// nor an http:// address", (int)shown.len,
                       shown.at);
    for (const char *at = text; *at; at++)
        if ((unsigned char)*at <= ' ' || *at == 127 || *at == '\\')
            return err_set(err, "the address '%.*s' holds characters that belong in none",
                           (int)shown.len, shown.at);
    len = strcspn(host, "/?#");
    if (memchr(host, '@', len))
        return err_set(err, "an address must not hold a name or a password");
    url->path = text_of(host + len);
    return parse_authority(url, (struct text){host, len}) ||
           err_set(err, "'%.*s' names no host that can be asked", (int)shown.len, shown.at);
}

bool url_same_origin(const struct url *a, const struct url *b)
{
    return a->secure == b->secure && a->port == b->port && a->host.len == b->host.len &&
           strncasecmp(a->host.at, b->host.at, a->host.len) == 0;
}

struct text url_shown(const char *text)
{
    enum { SHOWN = 200 };
    const size_t len = strcspn(text, "?#");

    return (struct text){text, len < SHOWN ? len : SHOWN};
}

void url_encode(struct buffer *out, struct text text, const char *keep)
{
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.at[i];

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            (c && (strchr("-._~", c) || strchr(keep, c))))
            buffer_byte(out, c);
        else
            buffer_format(out, "%%%02X", (unsigned)(unsigned char)c);
    }
}
