#include "unit/hostile.h"

#include <stdlib.h>
#include <string.h>

static void fine(struct call *call)
{
    server_content(call, NULL, "\"e1\"", TEXT(HOSTILE_TEXT));
}

static void cut(struct call *call)
{
    server_say(call, "HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\nall of");
}

static void chunked(struct call *call)
{
    server_say(call, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                     "7\r\nall of \r\n12\r\nwhat was promised\n\r\n0\r\nX-After: 1\r\n\r\n");
}

static void chunked_cut(struct call *call)
{
    server_say(call, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n19\r\nall of");
}

static void no_length(struct call *call)
{
    server_say(call, "HTTP/1.1 200 OK\r\n\r\n" HOSTILE_TEXT);
}

static void long_length(struct call *call)
{
    server_say(call, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nall of");
}

static void digits(struct call *call)
{
    char number[100];

    memset(number, '9', sizeof number);
    server_say(call, "HTTP/1.1 200 OK\r\nContent-Length: %.99s\r\n\r\nall of", number);
}

static void endless(struct call *call)
{
    static const char piece[4096] = "";

    server_say(call, "HTTP/1.1 200 OK\r\n\r\n");
    while (server_send(call, piece, sizeof piece)) continue;
}

static void long_line(struct call *call)
{
    char piece[4096];

    memset(piece, 'x', sizeof piece);
    server_say(call, "HTTP/1.1 200 OK\r\n\r\n");
    for (int i = 0; i < 2000 && server_send(call, piece, sizeof piece); i++) continue;
}

static void lines(struct call *call)
{
    server_say(call, "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n\r\n{\"a\"");
    server_sleep(0.02);
    server_say(call, ":1}\r\n\n{\"b\":2}\n");
    server_sleep(0.02);
    server_say(call, "{\"c\":3}");
}

static void loop(struct call *call)
{
    server_reply(call, 302, "Location: loop\r\n", TEXT(""));
}

static void once(struct call *call)
{
    server_reply(call, 307, "Location: fine\r\n", TEXT("look there"));
}

/* To the address that stands in the query. */
static void to(struct call *call)
{
    char *field = mem_format("Location: %s\r\nX-Linked-Size: 25\r\n", call->query);

    server_reply(call, 302, field, TEXT(""));
    mem_free(field);
}

static void nowhere(struct call *call)
{
    server_reply(call, 302, NULL, TEXT(""));
}

static void many_fields(struct call *call)
{
    server_say(call, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 40000; i++)
        if (!server_say(call, "X-Field-%d: with a value of some length for everybody\r\n", i))
            return;
    server_say(call, "Content-Length: 0\r\n\r\n");
}

static void one_field(struct call *call)
{
    server_say(call, "HTTP/1.1 200 OK\r\nX-Long: ");
    for (int i = 0; i < 40000; i++)
        if (!server_say(call, "with a value of some length for everybody, and more")) return;
    server_say(call, "\r\nContent-Length: 0\r\n\r\n");
}

/* The status that stands in the query, with words of the server's. */
static void status(struct call *call)
{
    server_reply(call, atoi(call->query), "Content-Type: application/json\r\n",
                 TEXT("{\"error\":\"it is so\"}"));
}

static void page(struct call *call)
{
    server_reply(call, 404, "Content-Type: text/html\r\n", TEXT("<html>not here</html>"));
}

static void words(struct call *call)
{
    server_reply(call, 400, "Content-Type: text/plain\r\n", TEXT("so not\r\nand more\n"));
}

static void message(struct call *call)
{
    server_reply(call, 403, "X-Error-Message: ask first\r\n",
                 TEXT("{\"error\":{\"message\":\"no\"}}"));
}

static void long_refusal(struct call *call)
{
    static const char piece[4096] = "";

    server_say(call, "HTTP/1.1 400 Bad\r\n\r\n");
    while (server_send(call, piece, sizeof piece)) continue;
}

/* Fails with the status in the query, but not the third time. */
static void flaky(struct call *call)
{
    struct hostile *state = call->context;

    if (atomic_fetch_add(&state->calls, 1) % 3 == 2)
        fine(call);
    else
        status(call);
}

static void broken(struct call *call)
{
    struct hostile *state = call->context;

    if (atomic_fetch_add(&state->calls, 1) % 3 == 2)
        fine(call);
    else
        cut(call);
}

static void later(struct call *call)
{
    struct hostile *state = call->context;

    if (atomic_fetch_add(&state->calls, 1) % 2 == 1)
        fine(call);
    else
        server_reply(call, 429, "Retry-After: 1\r\n", TEXT(""));
}

static void much_later(struct call *call)
{
    server_reply(call, 429, "Retry-After: 86400\r\n", TEXT(""));
}

static void slow_body(struct call *call)
{
    server_say(call, "HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n");
    for (int i = 0; i < 25 && server_say(call, "x"); i++) server_sleep(0.3);
}

static void slow_head(struct call *call)
{
    static const char head[] = "HTTP/1.1 200 OK\r\n";

    for (size_t i = 0; i + 1 < sizeof head && server_send(call, head + i, 1); i++)
        server_sleep(0.3);
}

static void silent(struct call *call)
{
    (void)call;
    server_sleep(4);
}

static void closed(struct call *call)
{
    (void)call;
}

static void garbage(struct call *call)
{
    server_say(call, "220 mail.example ready\r\n\r\n");
}

static void gzip(struct call *call)
{
    server_reply(call, 200, "Content-Encoding: gzip\r\n", TEXT("\x1f\x8b"));
}

static void continued(struct call *call)
{
    server_say(call, "HTTP/1.1 100 Continue\r\nX-Old: 1\r\n\r\n");
    server_reply(call, 200, "X-New: 2\r\n", TEXT(HOSTILE_TEXT));
}

/* What was sent, with its method. */
static void echo(struct call *call)
{
    struct buffer text = {0};
    char *type = server_field(call, "Content-Type"), *agent = server_field(call, "User-Agent");

    buffer_format(&text, "%s %s %s ", call->method, type ? type : "-", agent ? agent : "-");
    buffer_add(&text, call->body.at, call->body.len);
    server_reply(call, 200, NULL, (struct text){text.at, text.len});
    mem_free(type);
    mem_free(agent);
    buffer_release(&text);
}

static void early(struct call *call)
{
    server_reply(call, 200, "Connection: close\r\n", TEXT("I have it\n"));
    call->keep = false;
}

const struct route hostile_routes[] = {
    {NULL, "/fine", fine, false},
    {NULL, "/cut", cut, false},
    {NULL, "/chunked", chunked, false},
    {NULL, "/chunked-cut", chunked_cut, false},
    {NULL, "/no-length", no_length, false},
    {NULL, "/long", long_length, false},
    {NULL, "/digits", digits, false},
    {NULL, "/endless", endless, false},
    {NULL, "/long-line", long_line, false},
    {NULL, "/lines", lines, false},
    {NULL, "/loop", loop, false},
    {NULL, "/once", once, false},
    {NULL, "/to", to, false},
    {NULL, "/nowhere", nowhere, false},
    {NULL, "/many-fields", many_fields, false},
    {NULL, "/one-field", one_field, false},
    {NULL, "/status", status, false},
    {NULL, "/page", page, false},
    {NULL, "/words", words, false},
    {NULL, "/message", message, false},
    {NULL, "/long-refusal", long_refusal, false},
    {NULL, "/flaky", flaky, false},
    {NULL, "/broken", broken, false},
    {NULL, "/later", later, false},
    {NULL, "/much-later", much_later, false},
    {NULL, "/slow-body", slow_body, false},
    {NULL, "/slow-head", slow_head, false},
    {NULL, "/silent", silent, false},
    {NULL, "/closed", closed, false},
    {NULL, "/garbage", garbage, false},
    {NULL, "/gzip", gzip, false},
    {NULL, "/continued", continued, false},
    {NULL, "/echo", echo, false},
    {NULL, "/early", early, true},
    {NULL, NULL, NULL, false},
};
