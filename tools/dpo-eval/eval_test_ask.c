#include "core/clock.h"
#include "core/lines.h"
#include "core/report.h"
#include "dpo-eval/eval_measures.h"
#include "dpo-eval/eval_options.h"
#include "dpo-eval/eval_test.h"
#include "engine.h"
#include "hash/sha256.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

#define DRAWS 5 /* of consistency, unless --repeat says another number */
#define DRAW_TEMPERATURE 0.7

/* What all answers depend on. */
static void answers_identity(const struct eval_test *test, char out[65])
{
    struct buffer options = {0};
    struct sha256 sha;

    buffer_format(&options, "%s %s %s %d ", test->identity, test->digest,
                  test->language.template_hash, (int)engine_precision(eval_command.precision));
    for (size_t i = 0; i < test->ends.count; i++)
        buffer_format(&options, "%" PRIu32 " ", test->ends.ids[i]);
    eval_options_tell(EVAL_DECIDES_ANSWERS, &options);
    sha256_init(&sha);
    sha256_add(&sha, options.at, options.len);
    if (eval_command.adapter) sha256_add(&sha, test->adapted, strlen(test->adapted));
    sha256_hex(&sha, out);
    buffer_release(&options);
}

/* Takes the answers of a journal whose first line says that they are of this test; else empties
 * it. */
static void recall(struct eval_test *test, const char *identity)
{
    char *head = mem_format("{\"answers_of\":\"%s\"}", identity), *paths[] = {NULL, NULL};
    struct line_block block = {0};
    struct lines lines;
    uint64_t whole = 0, number = 0;
    struct err err;
    int got;

    paths[0] = test->journal.path;
    lines_open(&lines, paths);
    lines.verbatim = true;
    while ((got = lines_next(&lines, &block, &err)) > 0)
        for (size_t i = 0; i < block.count; i++, number++) {
            const struct text line = {block.lines[i].at, block.lines[i].len};

            if (block.lines[i].problem || block.lines[i].unfinished ||
                (number == 0 ? !text_is(line, head) : !answers_recall(&test->answers, line, &err)))
                goto end;
            whole += line.len + 1;
        }
    if (got < 0) die_of(&err);
end:
    lines_close(&lines);
    line_block_release(&block);
    if (!journal_shorten(&test->journal, whole, &err)) die_of(&err);
    test->recalled = test->answers.there;
    if (whole == 0) {
        buffer_format(&block.text, "%s\n", head);
        if (!journal_add(&test->journal, block.text.at, block.text.len, &err)) die_of(&err);
        buffer_release(&block.text);
    }
    mem_free(head);
}

/* What is answered stands beside the results until they are whole, for a test that is broken off
 * and begun again. */
static void open_journal(struct eval_test *test)
{
    char identity[65], *path;
    struct err err;

    if (!settings.output || strcmp(settings.output, "-") == 0 ||
        strncmp(settings.output, "/dev/", 5) == 0)
        return;
    path = mem_format("%s.part", settings.output);
    if (!journal_open(&test->journal, path, false, &err)) die_of(&err);
    if (flock(test->journal.fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) die("%s: cannot lock: %s", path, strerror(errno));
        report_error("%s: another test is writing there", path);
        exit(EXIT_AGAIN);
    }
    answers_identity(test, identity);
    recall(test, identity);
    if (test->recalled)
        report_note("%s: %llu of %zu answers are there already", path,
                    (unsigned long long)test->recalled, test->answers.all);
    test->answers.journal = &test->journal;
    mem_free(path);
}

static void show_progress(void *context, const struct answers *answers)
{
    const struct eval_test *test = context;
    const double seconds = clock_seconds() - test->answering;
    char line[160];

    if (!report_shows_progress()) return;
    snprintf(line, sizeof line, "%zu of %zu answers, %.0f tokens/s", answers->there, answers->all,
             (double)answers->tokens / seconds);
    report_progress(line);
}

void eval_test_ask(struct eval_test *test)
{
    const bool consistency = eval_measures(EVAL_CONSISTENCY);
    const double temperature = eval_command.sampling.temperature;
    struct answers *answers = &test->answers;
    struct err err;

    test->stops = mem_zero(eval_command.stops.count, sizeof *test->stops);
    for (size_t i = 0; i < eval_command.stops.count; i++)
        test->stops[i] = text_of(eval_command.stops.items[i]);
    *answers =
        (struct answers){.decoder = &test->decoder,
                         .language = &test->language,
                         .questions = &test->questions,
                         .sampling = eval_command.sampling,
                         .draw_temperature = temperature > 0 ? temperature : DRAW_TEMPERATURE,
                         .ends = &test->ends,
                         .stops = test->stops,
                         .stop_count = eval_command.stops.count,
                         .most = eval_command.most,
                         .draws = !consistency          ? 0
                                  : eval_command.repeat ? eval_command.repeat
                                                        : DRAWS,
                         .compare = eval_command.compare,
                         .beside = eval_command.beside,
                         .memory = eval_command.memory,
                         .told = show_progress,
                         .context = test};
    answers_plan(answers);
    open_journal(test);
    test->answering = clock_seconds();
    if (!answers_run(answers, &err)) die_of(&err);
    report_progress(NULL);
    test->answering = clock_seconds() - test->answering;
}
