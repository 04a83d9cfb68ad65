/* Addresses: what they are taken for, and which are refused. */
#include "net/url.h"

#include "check.h"

static struct err err;

TEST(parts)
{
    static const struct {
        const char *text, *host, *path;
        unsigned port;
        bool secure, loopback;
    } cases[] = {
        {"https://hub.example/a?b", "hub.example", "/a?b", 443, true, false},
        {"HTTP://127.0.0.1:8080", "127.0.0.1", "", 8080, false, true},
        {"http://LocalHost/", "LocalHost", "/", 80, false, true},
        {"http://[::1]:11434/x", "::1", "/x", 11434, false, true},
        {"http://127.1.2.3/", "127.1.2.3", "/", 80, false, true},
        {"http://127.0.0.1.example/", "127.0.0.1.example", "/", 80, false, false},
        {"http://localhost.example/", "localhost.example", "/", 80, false, false},
        {"https://[2001:db8::1]/", "2001:db8::1", "/", 443, true, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct url url;

        CHECK(url_parse(&url, cases[i].text, &err));
        CHECK(text_is(url.host, cases[i].host));
        CHECK(text_is(url.path, cases[i].path));
        CHECK_INT(url.port, cases[i].port);
        CHECK_INT(url.secure, cases[i].secure);
        CHECK_INT(url.loopback, cases[i].loopback);
    }
}

TEST(refused)
{
    static const char *const cases[] = {
        "",
        "hub.example",
        "file:///etc/passwd",
        "https:/x",
        "https://",
        "https:///x",
        "https://user@host/",
        "https://user:geheim@host/",
        "https://host:0/",
        "https://host:65536/",
        "https://host:1x/",
        "https://host:/",
        "https://[::1/",
        "https://ho st/",
        "https://host/\r\nX: y",
        "https://host\\@other/",
        "https://h%6fst/",
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct url url;

        err.text[0] = '\0';
        CHECK(!url_parse(&url, cases[i], &err));
        CHECK(*err.text && !strstr(err.text, "geheim"));
    }
}

TEST(origins)
{
    static const struct {
        const char *a, *b;
        bool same;
    } cases[] = {
        {"https://a/x", "https://A:443/y", true},
        {"https://a/", "http://a/", false},
        {"https://a/", "https://a:444/", false},
        {"https://a/", "https://ab/", false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct url a, b;

        CHECK(url_parse(&a, cases[i].a, &err) && url_parse(&b, cases[i].b, &err));
        CHECK_INT(url_same_origin(&a, &b), cases[i].same);
    }
}

TEST(encoded_and_shown)
{
    struct buffer out = {0};
    struct text shown = url_shown("https://a/b?signature=x");

    url_encode(&out, TEXT("pr/1 \xc3\xa4?"), "");
    buffer_byte(&out, ' ');
    url_encode(&out, TEXT("a/b-c._~"), "/");
    buffer_byte(&out, '\0');
    CHECK_TEXT(out.at, "pr%2F1%20%C3%A4%3F a/b-c._~");
    CHECK(text_is(shown, "https://a/b"));
    buffer_release(&out);
}

int main(void)
{
    RUN(parts);
    RUN(refused);
    RUN(origins);
    RUN(encoded_and_shown);
    return check_end();
}
