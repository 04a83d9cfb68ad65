#include "unit/server.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_ROOM = 64 << 10, URLS = 64 };

struct server {
    const struct route *routes;
    void *context;
    int listener;
    unsigned port;
    pthread_t thread;
    atomic_bool stopping;
    atomic_int connections;
    pthread_mutex_t mutex; /* of log and urls */
    struct buffer log;
    const char *log_path;
    char *urls[URLS];
    size_t url_count;
};

struct connection {
    struct server *server;
    int fd;
};

void server_sleep(double seconds)
{
    const struct timespec time = {.tv_sec = (time_t)seconds,
                                  .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};

    nanosleep(&time, NULL);
}

bool server_send(struct call *call, const void *at, size_t len)
{
    const char *from = at;

    while (len) {
        const ssize_t put = send(call->fd, from, len, MSG_NOSIGNAL);

        if (put <= 0) return false;
        from += put;
        len -= (size_t)put;
    }
    return true;
}

bool server_say(struct call *call, const char *format, ...)
{
    char text[8192];
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return len >= 0 && (size_t)len < sizeof text && server_send(call, text, (size_t)len);
}

void server_reply(struct call *call, int status, const char *fields, struct text body)
{
    server_say(call, "HTTP/1.1 %d Status\r\nContent-Length: %zu\r\n%s\r\n", status, body.len,
               fields ? fields : "");
    if (strcmp(call->method, "HEAD") != 0 && status != 304) server_send(call, body.at, body.len);
    call->keep = true;
}

char *server_field(const struct call *call, const char *name)
{
    const char *at = call->head;
    const size_t len = strlen(name);

    while ((at = strstr(at, "\r\n"))) {
        at += 2;
        if (strncasecmp(at, name, len) != 0 || at[len] != ':') continue;
        at += len + 1;
        at += strspn(at, " ");
        return mem_format("%.*s", (int)strcspn(at, "\r"), at);
    }
    return NULL;
}

void server_content(struct call *call, const char *fields, const char *etag, struct text content)
{
    char *range = server_field(call, "Range"), *wanted = server_field(call, "If-Range");
    char *end = NULL;
    size_t from = range && strncmp(range, "bytes=", 6) == 0 ? strtoul(range + 6, &end, 10) : 0;
    char *tag = etag ? mem_format("ETag: %s\r\n", etag) : mem_copy_text("");
    char *more;

    if (wanted && (!etag || strcmp(wanted, etag) != 0)) from = 0, end = NULL;
    if (end && from >= content.len) {
        more = mem_format("Content-Range: bytes */%zu\r\n", content.len);
        server_reply(call, 416, more, TEXT(""));
    } else if (end) {
        more = mem_format("%s%sContent-Range: bytes %zu-%zu/%zu\r\n", fields ? fields : "", tag,
                          from, content.len - 1, content.len);
        server_reply(call, 206, more, (struct text){content.at + from, content.len - from});
    } else {
        more = mem_format("%s%s", fields ? fields : "", tag);
        server_reply(call, 200, more, content);
    }
    mem_free(more);
    mem_free(tag);
    mem_free(range);
    mem_free(wanted);
}

static void add_field(struct buffer *line, const struct call *call, const char *name,
                      const char *word)
{
    char *value = server_field(call, name);

    if (value) buffer_format(line, " %s=%s", word, value);
    mem_free(value);
}

static void write_log(struct call *call)
{
    struct server *server = call->server;
    struct buffer line = {0};
    char *token = server_field(call, "Authorization");

    buffer_format(&line, "%s %s%s%s", call->method, call->path, *call->query ? "?" : "",
                  call->query);
    if (token)
        buffer_format(&line, " token=%s", strrchr(token, ' ') ? strrchr(token, ' ') + 1 : "");
    add_field(&line, call, "Range", "range");
    add_field(&line, call, "If-Range", "if");
    buffer_byte(&line, '\n');
    pthread_mutex_lock(&server->mutex);
    buffer_add(&server->log, line.at, line.len);
    if (server->log_path) {
        FILE *file = fopen(server->log_path, "a");

        if (file) {
            fwrite(line.at, 1, line.len, file);
            fclose(file);
        }
    }
    pthread_mutex_unlock(&server->mutex);
    mem_free(token);
    buffer_release(&line);
}

static bool fits(const struct route *route, struct call *call)
{
    const size_t len = strlen(route->path);

    if (route->method && strcmp(route->method, call->method) != 0) return false;
    if (len && route->path[len - 1] == '*') {
        call->tail = call->path + len - 1;
        return strncmp(route->path, call->path, len - 1) == 0;
    }
    call->tail = "";
    return strcmp(route->path, call->path) == 0;
}

/* recv(2) that ends when the server stops. */
static ssize_t receive(const struct call *call, void *at, size_t room)
{
    ssize_t got;

    do got = recv(call->fd, at, room, 0);
    while (got < 0 && (errno == EAGAIN || errno == EINTR) && !atomic_load(&call->server->stopping));
    return got;
}

static void read_body(struct call *call)
{
    char part[16384];

    while (call->body.len < call->length) {
        const uint64_t left = call->length - call->body.len;
        const ssize_t got = receive(call, part, left < sizeof part ? left : sizeof part);

        if (got <= 0) break;
        buffer_add(&call->body, part, (size_t)got);
    }
    buffer_byte(&call->body, '\0');
    call->body.len--;
}

/* 'METHOD /path?query HTTP/1.1' */
static bool take_apart(struct call *call, char *line)
{
    char *space = strchr(line, ' '), *end = space ? strchr(space + 1, ' ') : NULL;
    char *length = server_field(call, "Content-Length"), *mark;

    call->length = length ? strtoull(length, NULL, 10) : 0;
    mem_free(length);
    if (!end) return false;
    *space = *end = '\0';
    call->method = line;
    call->path = space + 1;
    call->query = "";
    mark = strchr(space + 1, '?');
    if (mark) {
        *mark = '\0';
        call->query = mark + 1;
    }
    return true;
}

static void answer(struct call *call)
{
    const struct route *route = call->server->routes;

    while (route->answer && !fits(route, call)) route++;
    if (!route->early) read_body(call);
    write_log(call);
    if (route->answer)
        route->answer(call);
    else
        server_reply(call, 404, NULL, TEXT(""));
}

/* Reads up to the empty line; what came of the body is in the call. */
static bool read_head(struct call *call, char *head)
{
    size_t len = 0;
    char *end = NULL;

    while (!end && len < HEAD_ROOM - 1) {
        const ssize_t got = receive(call, head + len, HEAD_ROOM - 1 - len);

        if (got <= 0) return false;
        len += (size_t)got;
        head[len] = '\0';
        end = strstr(head, "\r\n\r\n");
    }
    if (!end) return false;
    buffer_add(&call->body, end + 4, len - (size_t)(end + 4 - head));
    end[2] = '\0';
    return true;
}

static void *serve(void *context)
{
    struct connection connection = *(struct connection *)context;
    struct server *server = connection.server;
    char *head = mem_alloc(HEAD_ROOM);
    bool keep = true;

    mem_free(context);
    while (keep && !atomic_load(&server->stopping)) {
        struct call call = {.server = server, .context = server->context, .fd = connection.fd};
        char *line;

        keep = read_head(&call, head);
        call.head = head;
        line = keep ? mem_format("%.*s", (int)strcspn(head, "\r"), head) : NULL;
        if (keep && take_apart(&call, line)) answer(&call);
        keep = call.keep;
        mem_free(line);
        buffer_release(&call.body);
    }
    mem_free(head);
    shutdown(connection.fd, SHUT_WR);
    close(connection.fd);
    atomic_fetch_sub(&server->connections, 1);
    return NULL;
}

static void *listen_on(void *context)
{
    const struct timeval pause = {.tv_usec = 50000};
    const int at_once = 1; /* head and body are two packets: the second would wait for 40 ms */
    struct server *server = context;

    while (!atomic_load(&server->stopping)) {
        struct pollfd wait = {.fd = server->listener, .events = POLLIN};
        struct connection *connection;
        pthread_attr_t detached;
        pthread_t thread;
        int fd;

        if (poll(&wait, 1, 50) <= 0) continue;
        fd = accept(server->listener, NULL, NULL);
        if (fd < 0) continue;
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &pause, sizeof pause);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
        connection = mem_alloc(sizeof *connection);
        *connection = (struct connection){server, fd};
        atomic_fetch_add(&server->connections, 1);
        pthread_attr_init(&detached);
        pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
        if (pthread_create(&thread, &detached, serve, connection) != 0) abort();
        pthread_attr_destroy(&detached);
    }
    return NULL;
}

struct server *server_start(const struct route *routes, void *context)
{
    struct server *server = mem_zero(1, sizeof *server);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof here;

    server->routes = routes;
    server->context = context;
    pthread_mutex_init(&server->mutex, NULL);
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(server->listener, (struct sockaddr *)&here, sizeof here) != 0 ||
        listen(server->listener, 64) != 0 ||
        getsockname(server->listener, (struct sockaddr *)&here, &len) != 0)
        abort();
    server->port = ntohs(here.sin_port);
    if (pthread_create(&server->thread, NULL, listen_on, server) != 0) abort();
    return server;
}

void server_stop(struct server *server)
{
    atomic_store(&server->stopping, true);
    pthread_join(server->thread, NULL);
    close(server->listener);
    while (atomic_load(&server->connections) > 0) server_sleep(0.005);
    for (size_t i = 0; i < URLS; i++) mem_free(server->urls[i]);
    buffer_release(&server->log);
    pthread_mutex_destroy(&server->mutex);
    mem_free(server);
}

unsigned server_port(const struct server *server)
{
    return server->port;
}

const char *server_url(struct server *server, const char *path)
{
    const size_t at = server->url_count++ % URLS;

    mem_free(server->urls[at]);
    server->urls[at] = mem_format("http://127.0.0.1:%u%s", server->port, path);
    return server->urls[at];
}

char *server_log(struct server *server)
{
    char *text;

    pthread_mutex_lock(&server->mutex);
    text = mem_format("%.*s", (int)server->log.len, server->log.at ? server->log.at : "");
    pthread_mutex_unlock(&server->mutex);
    return text;
}

size_t server_calls(struct server *server, const char *like)
{
    char *log = server_log(server), *rest = log, *line;
    size_t count = 0;

    while ((line = strsep(&rest, "\n")))
        if (*line && strstr(line, like)) count++;
    mem_free(log);
    return count;
}

void server_forget(struct server *server)
{
    pthread_mutex_lock(&server->mutex);
    server->log.len = 0;
    pthread_mutex_unlock(&server->mutex);
}

void server_log_to(struct server *server, const char *path)
{
    server->log_path = path;
}
