/* Quizzes nobody vouches for. What is handed on is one line of JSON with a prompt, and as a file of
 * its own it is handed on as it is. */
#include "quiz/quiz.h"
#include "fuzz/scratch.h"
#include "records/value.h"

#include <string.h>

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
    scratch_write(data, size);
    if (quiz_read(scratch, take, &first, &err)) {
        scratch_write(first.at, first.len);
        demand(quiz_read(scratch, take, &again, &err));
        demand(again.len == first.len && memcmp(again.at, first.at, first.len) == 0);
    } else {
        demand(memchr(err.text, '\0', sizeof err.text) && strstr(err.text, ": "));
    }
    buffer_release(&first);
    buffer_release(&again);
    return 0;
}
