/* Writes what the teaching model learns, {"text": ...} a line, from records of several shapes.
 *
 *     base_text [--answers chosen|rejected|both] [--as plain|chat|both] [-o FILE] [FILE...]
 *
 * A record asks in 'prompt', 'instruction' or 'question' and answers in 'chosen' and 'rejected', in
 * 'completion' or in 'output'. Plain texts are question and answer, one behind the other, as dpo-train
 * joins the strings of a pair; chats are what the template in data/base writes. The token that ends an
 * answer is left to dpo-train. */
#include "core/outfile.h"
#include "core/report.h"
#include "each_line.h"
#include "options/options.h"
#include "records/value.h"

enum { ANSWERS_CHOSEN, ANSWERS_REJECTED, ANSWERS_BOTH };
enum { AS_PLAIN, AS_CHAT, AS_BOTH };

static size_t answers = ANSWERS_BOTH, as = AS_BOTH;

static const struct option_spec options[] = {
    {0, "answers", OPTION_CHOICE, &answers, "chosen|rejected|both", "which answers of pairs"},
    {0, "as", OPTION_CHOICE, &as, "plain|chat|both", "how question and answer are joined"},
    OPTION_END};

static const struct program program = {
    "base_text", "texts to learn from, out of pairs and answers", "[FILE...]", options, NULL, NULL};

struct work {
    struct scan scan;
    struct buffer prompt, answer, text, line;
    struct outfile out;
};

/* The first of keys that is a string, as text in out. */
static bool find(struct work *work, const char *const *keys, struct buffer *out)
{
    out->len = 0;
    for (; *keys; keys++) {
        const struct member *member = scan_member(&work->scan, *keys);

        if (!member || member->value.kind != KIND_STRING) continue;
        value_unescape(&member->value, out);
        return true;
    }
    return false;
}

static bool write_one(struct work *work, bool chat, struct err *err)
{
    struct buffer *text = &work->text, *line = &work->line;

    text->len = line->len = 0;
    if (chat) buffer_text(text, "<|im_start|>user\n");
    buffer_add(text, work->prompt.at, work->prompt.len);
    if (chat) buffer_text(text, "<|im_end|>\n<|im_start|>assistant\n");
    buffer_add(text, work->answer.at, work->answer.len);
    buffer_text(line, "{\"text\":");
    text_quote(line, (struct text){text->at, text->len});
    buffer_text(line, "}\n");
    return outfile_write(&work->out, line->at, line->len, err);
}

static bool write_answer(struct work *work, const char *const *keys, size_t *written,
                         struct err *err)
{
    if (!find(work, keys, &work->answer)) return true;
    ++*written;
    return (as == AS_CHAT || write_one(work, false, err)) &&
           (as == AS_PLAIN || write_one(work, true, err));
}

static bool write_record(void *context, const struct line *line, struct err *err)
{
    struct work *work = context;
    static const char *const prompts[] = {"prompt", "instruction", "question", NULL};
    static const char *const chosen[] = {"chosen", "completion", "output", NULL};
    static const char *const rejected[] = {"rejected", NULL};
    size_t written = 0;

    if (line->problem) return err_set(err, "%s", line->problem);
    if (!scan_json(&work->scan, line->at, line->len))
        return err_set(err, "%s at byte %zu", work->scan.problem, work->scan.column);
    if (!find(work, prompts, &work->prompt)) return err_set(err, "there is no prompt");
    if (answers != ANSWERS_REJECTED && !write_answer(work, chosen, &written, err)) return false;
    if (answers != ANSWERS_CHOSEN && !write_answer(work, rejected, &written, err)) return false;
    return written > 0 || err_set(err, "there is no answer");
}

int main(int argc, char **argv)
{
    char **files = program_start(&program, argc, argv);
    struct work work = {0};
    struct err err;

    if (!outfile_open(&work.out, settings.output, &err)) die_of(&err);
    if (!each_line(files, write_record, &work, &err) || !outfile_commit(&work.out, &err)) {
        outfile_abandon(&work.out);
        die_of(&err);
    }
    scan_release(&work.scan);
    buffer_release(&work.prompt);
    buffer_release(&work.answer);
    buffer_release(&work.text);
    buffer_release(&work.line);
    return EXIT_DONE;
}
