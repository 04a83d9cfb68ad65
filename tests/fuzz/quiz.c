/* Quizzes nobody vouches for. What is handed on is one line of JSON with a prompt, and as a file of
 * its own it is handed on as it is. */
#include "quiz/quiz.h"
#include "fuzz/fuzz.h"
#include "records/value.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[64];

static void demand(bool holds)
{
    if (!holds) abort();
}

static void remove_file(void)
{
    unlink(path);
}

static void write_file(const void *data, size_t size)
{
    int fd;

    if (!*path) {
        snprintf(path, sizeof path, "/dev/shm/dpo-fuzz-%ld.json", (long)getpid());
        atexit(remove_file);
    }
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    demand(fd >= 0);
    demand(!size || write(fd, data, size) == (ssize_t)size);
    close(fd);
}

static bool take(void *context, struct text line, struct err *err)
{
    struct buffer *lines = context;
    struct scan scan = {0};
    const struct member *prompt;

    (void)err;
    demand(!memchr(line.at, '\n', line.len));
    demand(scan_json(&scan, line.at, line.len) && scan.root.kind == KIND_OBJECT);
    demand(scan.root.len == line.len);
    prompt = scan_member(&scan, "prompt");
    demand(prompt && (prompt->value.kind == KIND_STRING || prompt->value.kind == KIND_ARRAY));
    scan_release(&scan);
    buffer_add(lines, line.at, line.len);
    buffer_byte(lines, '\n');
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer first = {0}, again = {0};
    struct err err;

    quiz_seems((struct text){data ? (const char *)data : "", size});
    write_file(data, size);
    if (quiz_read(path, take, &first, &err)) {
        write_file(first.at, first.len);
        demand(quiz_read(path, take, &again, &err));
        demand(again.len == first.len && memcmp(again.at, first.at, first.len) == 0);
    } else {
        demand(memchr(err.text, '\0', sizeof err.text) && strstr(err.text, ": "));
    }
    buffer_release(&first);
    buffer_release(&again);
    return 0;
}
