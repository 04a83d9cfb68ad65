#include "deploy/host.h"

#include <stdbool.h>
#include <string.h>

struct address {
    struct text scheme, host, path;
    unsigned port;
};

static struct text stripped(struct text text, const char *of)
{
    while (text.len && strchr(of, text.at[0])) text.at++, text.len--;
    while (text.len && strchr(of, text.at[text.len - 1])) text.len--;
    return text;
}

/* A number up to 65535, or what it would be otherwise. */
static unsigned port_of(struct text text, unsigned otherwise)
{
    unsigned port = 0;

    if (!text.len) return otherwise;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') return otherwise;
        port = port * 10 + (unsigned)(text.at[i] - '0');
        if (port > 65535) return otherwise;
    }
    return port;
}

static bool same(struct text a, const char *word)
{
    return a.len == strlen(word) && strncasecmp(a.at, word, a.len) == 0;
}

/* 'host', 'host:port', '[v6]:port', '[v6]' or 'v6'. */
static void take_place(struct address *address, struct text place)
{
    const char *colon = memrchr(place.at, ':', place.len);
    const char *first = memchr(place.at, ':', place.len);
    const char *bracket = memrchr(place.at, ']', place.len);
    const bool brackets = place.len && place.at[0] == '[' && bracket;

    if (colon && (brackets ? colon == bracket + 1 : colon == first)) {
        const size_t before = (size_t)(colon - place.at);
        const struct text port = {colon + 1, place.len - before - 1};

        address->port = port_of(port, address->port);
        place.len = before;
    }
    address->host = stripped(place, "[]");
}

static struct address parse(struct text text)
{
    struct address address = {.scheme = TEXT("http"), .port = 11434, .path = TEXT("")};
    const char *sign = text.len ? memmem(text.at, text.len, "://", 3) : NULL;
    const char *slash;

    if (sign) {
        address.scheme = (struct text){text.at, (size_t)(sign - text.at)};
        text = (struct text){sign + 3, text.len - address.scheme.len - 3};
        if (same(address.scheme, "http")) address.port = 80;
        if (same(address.scheme, "https")) address.port = 443;
    } else if (text_is(text, "ollama.com")) {
        address.scheme = TEXT("https");
        address.port = 443;
    }
    slash = text.len ? memchr(text.at, '/', text.len) : NULL;
    if (slash) {
        const size_t before = (size_t)(slash - text.at);

        address.path = stripped((struct text){slash, text.len - before}, "/");
        text.len = before;
    }
    take_place(&address, text);
    return address;
}

void host_url(struct buffer *url, const char *text)
{
    const struct text bare = stripped(stripped(text_of(text ? text : ""), " \t\r\n"), "\"'");
    struct address address = parse(bare);

    /* What a server listens on is no place to go to. */
    if (!address.host.len || text_is(address.host, "0.0.0.0")) address.host = TEXT("127.0.0.1");
    if (text_is(address.host, "::")) address.host = TEXT("::1");
    buffer_add(url, address.scheme.at, address.scheme.len);
    buffer_text(url, memchr(address.host.at, ':', address.host.len) ? "://[" : "://");
    buffer_add(url, address.host.at, address.host.len);
    buffer_text(url, memchr(address.host.at, ':', address.host.len) ? "]" : "");
    buffer_format(url, ":%u", address.port);
    if (address.path.len) buffer_byte(url, '/');
    buffer_add(url, address.path.at, address.path.len);
    buffer_byte(url, '\0');
    url->len--;
}
