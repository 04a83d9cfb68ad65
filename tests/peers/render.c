/* Renders for templates.py: reads lines of JSON, writes one for each.
 *
 *     {"source": "...", "name": "...", "messages": [...], "add_generation_prompt": true, ...}
 *     {"text": "..."} or {"error": "..."}
 *
 * Further members: tools, documents, bos, eos, pad, unk, extra, and time (seconds, taken as UTC).
 * With --time N each line is rendered N times and "ns" tells how long one took. */
#include "records/value.h"
#include "template/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct scan scan;
static struct buffer texts, out, answer;
static unsigned long times = 1;

static struct text span_of(const char *name)
{
    const struct member *member = scan_member(&scan, name);

    if (!member || member->value.kind == KIND_NULL) return (struct text){NULL, 0};
    return (struct text){member->value.at, member->value.len};
}

static struct text string_of(const char *name)
{
    const struct member *member = scan_member(&scan, name);

    if (!member || member->value.kind != KIND_STRING) return (struct text){NULL, 0};
    return value_text(&member->value, &texts);
}

static void read_input(struct template_input *input, struct tm *now)
{
    struct text prompt = span_of("add_generation_prompt"), seconds = span_of("time");
    time_t time = seconds.at ? strtoll(seconds.at, NULL, 10) : 0;

    *input = (struct template_input){.messages = span_of("messages"),
                                     .tools = span_of("tools"),
                                     .documents = span_of("documents"),
                                     .extra = span_of("extra"),
                                     .add_generation_prompt = prompt.at && *prompt.at == 't'};
    input->bos = string_of("bos");
    input->eos = string_of("eos");
    input->pad = string_of("pad");
    input->unk = string_of("unk");
    if (seconds.at) input->now = gmtime_r(&time, now);
}

static bool render(struct text source, const char *name, const struct template_input *input,
                   double *ns, struct err *err)
{
    struct template *template;
    struct timespec begin, end;
    bool good = template_parse(&template, source, name, err);

    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (unsigned long i = 0; good && i < times; i++) {
        out.len = 0;
        good = template_render(template, input, &out, err);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    *ns = ((double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec)) /
          (double)times;
    template_free(template);
    return good;
}

static bool answer_line(const char *line, size_t len)
{
    struct template_input input;
    struct err err;
    struct text name;
    struct tm now;
    char *label;
    double ns;
    bool good;

    if (!scan_json(&scan, line, len)) return false;
    texts.len = 0;
    buffer_reserve(&texts, 2 * len + 1); /* nothing in it moves while the line is rendered */
    read_input(&input, &now);
    name = string_of("name");
    label = name.at ? strndup(name.at, name.len) : strdup("template");
    good = render(string_of("source"), label, &input, &ns, &err);
    free(label);
    answer.len = 0;
    buffer_text(&answer, good ? "{\"text\": " : "{\"error\": ");
    text_quote(&answer, good ? (struct text){out.at, out.len} : text_of(err.text));
    if (times > 1) buffer_format(&answer, ", \"ns\": %.0f", ns);
    buffer_text(&answer, "}\n");
    fwrite(answer.at, 1, answer.len, stdout);
    return true;
}

int main(int argc, char **argv)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    bool good = true;

    if (argc == 3 && strcmp(argv[1], "--time") == 0) times = strtoul(argv[2], NULL, 10);
    while (good && (len = getline(&line, &room, stdin)) > 0) good = answer_line(line, (size_t)len);
    free(line);
    scan_release(&scan);
    buffer_release(&texts);
    buffer_release(&out);
    buffer_release(&answer);
    return good && fflush(stdout) == 0 ? 0 : 1;
}
