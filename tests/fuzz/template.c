/* Any bytes as a template, rendered over one conversation: refused or rendered, within its bounds,
 * twice to the same bytes, and what is refused is told with the template's name. */
#include "template/template.h"

#include "fuzz/fuzz.h"

#include <string.h>

static const char messages[] =
    "[{\"role\": \"system\", \"content\": \" Be brief. \"},"
    " {\"role\": \"user\", \"content\": \"h\\u00e9llo <b>\\n{\\\"a\\\": [1]}\"},"
    " {\"role\": \"assistant\", \"content\": null, \"tool_calls\": [{\"function\":"
    " {\"name\": \"f\", \"arguments\": {\"x\": 1.5, \"y\": [true, null, \"z\"]}}}]}]";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct tm now = {.tm_year = 124, .tm_mon = 6, .tm_mday = 26};
    struct template_input input = {.messages = {messages, sizeof messages - 1},
                                   .tools = TEXT("[{\"type\": \"function\"}]"),
                                   .extra = TEXT("{\"x\": [3, 1, 2], \"d\": {\"b\": 1, \"a\": 2}}"),
                                   .bos = TEXT("<s>"),
                                   .now = &now};
    struct text source = {data ? (const char *)data : "", size};
    struct buffer first = {0}, second = {0};
    struct template *template;
    struct err err;

    if (!template_parse(&template, source, "fuzz", &err)) {
        demand(!template && strncmp(err.text, "fuzz:", 5) == 0);
        return 0;
    }
    if (template_render(template, &input, &first, &err)) {
        demand(template_render(template, &input, &second, &err));
        demand(first.len == second.len &&
               (first.len == 0 || memcmp(first.at, second.at, first.len) == 0));
    } else {
        demand(first.len == 0 && strncmp(err.text, "fuzz:", 5) == 0);
    }
    buffer_release(&first);
    buffer_release(&second);
    template_free(template);
    return 0;
}
