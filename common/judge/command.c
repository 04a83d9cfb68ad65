#include "judge/command.h"

#include "judge/command_process.h"
#include "records/value.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define AHEAD ((size_t)64 << 10) /* bytes of lines that are ready to be sent */
#define SHOWN 60                 /* bytes of a wrong line that are shown */

struct work {
    const struct command_judge *judge;
    const struct command_case *cases;
    size_t count, taken, told; /* verdicts; lines put into pending */
    struct process process;
    struct buffer pending, heard;
    struct scan scan;
    struct buffer why;
    struct err *err;
};

static void add_member(struct buffer *line, const char *name, struct text json)
{
    if (!json.len) return;
    buffer_format(line, "%s\"%s\":", line->len > 1 && line->at[line->len - 1] != '{' ? "," : "",
                  name);
    buffer_add(line, json.at, json.len);
}

static void add_text(struct buffer *line, const char *name, struct text text)
{
    struct buffer json = {0};

    text_quote(&json, text.len ? text : TEXT(""));
    add_member(line, name, (struct text){json.at, json.len});
    buffer_release(&json);
}

static void add_case(struct buffer *line, const struct command_case *given)
{
    buffer_byte(line, '{');
    add_member(line, "id", given->id);
    add_member(line, "prompt", given->prompt);
    add_text(line, "generated", given->generated);
    add_member(line, "answer", given->answer);
    add_member(line, "chosen", given->chosen);
    if (given->reference_answer.len) add_text(line, "reference_answer", given->reference_answer);
    buffer_text(line, "}\n");
}

/* Bytes that would steer a terminal as \xNN. */
static void show(struct buffer *out, struct text text)
{
    for (size_t i = 0; i < text.len && i < SHOWN; i++) {
        unsigned char c = (unsigned char)text.at[i];

        if (c < 0x20 || c >= 0x7F)
            buffer_format(out, "\\x%02x", c);
        else
            buffer_byte(out, (char)c);
    }
    if (text.len > SHOWN) buffer_text(out, "...");
}

/* judge 'COMMAND' and what it did. */
static bool complain(struct work *work, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool complain(struct work *work, const char *format, ...)
{
    struct buffer name = {0};
    va_list args;
    char words[320];

    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    show(&name, text_of(work->judge->command));
    buffer_byte(&name, '\0');
    err_write(work->err, "judge '%s' %s", name.at, words);
    buffer_release(&name);
    return false;
}

static bool read_score(const struct value *value, double *score)
{
    if (value->kind == KIND_TRUE || value->kind == KIND_FALSE) {
        *score = value->kind == KIND_TRUE;
        return true;
    }
    return value_number(value, score) && *score >= 0 && *score <= 1;
}

static bool read_verdict(struct work *work, struct text line, double *score, struct text *why)
{
    const struct member *member;

    *why = (struct text){"", 0};
    if (!scan_json(&work->scan, line.at, line.len)) return false;
    if (work->scan.root.kind != KIND_OBJECT) return read_score(&work->scan.root, score);
    member = scan_member(&work->scan, "why");
    work->why.len = 0;
    if (member && member->value.kind == KIND_STRING) *why = value_text(&member->value, &work->why);
    member = scan_member(&work->scan, "correct");
    if (!member) member = scan_member(&work->scan, "score");
    return member && read_score(&member->value, score);
}

static bool take_line(struct work *work, struct text line)
{
    struct buffer shown = {0};
    struct text why;
    double score;

    if (work->taken == work->count)
        return complain(work, "wrote more than %zu verdicts", work->count);
    if (read_verdict(work, line, &score, &why))
        return work->judge->take(work->judge->context, work->taken++, score, why, work->err);
    show(&shown, line);
    buffer_byte(&shown, '\0');
    complain(work, "wrote '%s' as its line %zu, which is no verdict", shown.at, work->taken + 1);
    buffer_release(&shown);
    return false;
}

/* The whole lines heard so far; at the end the rest is a line, too. */
static bool take_lines(struct work *work, bool ended)
{
    size_t at = 0;

    while (at < work->heard.len) {
        char *begin = work->heard.at + at;
        char *end = memchr(begin, '\n', work->heard.len - at);
        size_t len = end ? (size_t)(end - begin) : work->heard.len - at;

        if (len > COMMAND_LINE)
            return complain(work, "wrote more than %zu bytes as its line %zu", COMMAND_LINE,
                            work->taken + 1);
        if (!end && !ended) break;
        process_heard(&work->process);
        if (!take_line(work, (struct text){begin, len})) return false;
        at += len + (end != NULL);
    }
    if (at) memmove(work->heard.at, work->heard.at + at, work->heard.len - at);
    work->heard.len -= at;
    return true;
}

static void fill(struct work *work)
{
    while (work->pending.len < AHEAD && work->told < work->count)
        add_case(&work->pending, &work->cases[work->told++]);
}

static bool judge_end(struct work *work)
{
    int status = process_status(&work->process);
    size_t taken = work->taken, count = work->count;

    if (WIFSIGNALED(status))
        return complain(work, "was killed by signal %d (%s) after %zu of %zu verdicts",
                        WTERMSIG(status), strsignal(WTERMSIG(status)), taken, count);
    status = WEXITSTATUS(status);
    if (status == 127 && !taken) return complain(work, "was not found (status 127)");
    if (status)
        return complain(work, "ended with status %d after %zu of %zu verdicts", status, taken,
                        count);
    if (taken < count) return complain(work, "ended after %zu of %zu verdicts", taken, count);
    return true;
}

static bool talk(struct work *work)
{
    for (;;) {
        enum process_state state;

        fill(work);
        state =
            process_turn(&work->process, &work->pending, work->told == work->count, &work->heard);
        if (!take_lines(work, state == PROCESS_ENDED)) return false;
        if (state == PROCESS_ENDED) return judge_end(work);
        if (state == PROCESS_SILENT)
            return complain(work, "was silent for %g s after %zu of %zu verdicts",
                            work->judge->seconds, work->taken, work->count);
    }
}

bool command_run(const struct command_judge *judge, const struct command_case *cases, size_t count,
                 struct err *err)
{
    struct work work = {.judge = judge, .cases = cases, .count = count, .err = err};
    bool good;

    if (!process_start(&work.process, judge->command, judge->seconds, err)) return false;
    good = talk(&work);
    process_end(&work.process);
    buffer_release(&work.pending);
    buffer_release(&work.heard);
    buffer_release(&work.why);
    scan_release(&work.scan);
    return good;
}
