#include "eval/output.h"

#include "eval/metrics.h"
#include "hash/sha256.h"
#include "records/value.h"

#include <math.h>

static void add_sides(struct buffer *out, const char *name, double chosen, double rejected)
{
    buffer_format(out, ",\"%s\":{\"chosen\":", name);
    number_write(out, chosen);
    buffer_text(out, ",\"rejected\":");
    number_write(out, rejected);
    buffer_byte(out, '}');
}

static void add_members(struct buffer *out, const struct pair *pair)
{
    static const enum field members[] = {FIELD_ID, FIELD_PROMPT, FIELD_CHOSEN, FIELD_REJECTED,
                                         FIELD_ANSWER};
    const char *separator = "";

    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const struct value *value = pair->fields[members[i]];

        if (!value) continue;
        buffer_format(out, "%s\"%s\":", separator, field_name(members[i]));
        buffer_add(out, value->at, value->len);
        separator = ",";
    }
}

static void add_answer(struct buffer *out, const char *name, const struct answer *answer)
{
    if (!answer) return;
    buffer_format(out, ",\"%s\":", name);
    text_quote(out, (struct text){answer->text, answer->len});
}

static void add_answers(struct buffer *out, const struct answers *answers, size_t record)
{
    const struct answer *draws = answers_of(answers, ROUND_DRAWS, record);

    add_answer(out, "generated", answers_of(answers, ROUND_ANSWERS, record));
    add_answer(out, "reference", answers_of(answers, ROUND_REFERENCE, record));
    if (!draws) return;
    buffer_text(out, ",\"samples\":[");
    for (size_t i = 0; i < answers->draws; i++) {
        if (i > 0) buffer_byte(out, ',');
        text_quote(out, (struct text){draws[i].text, draws[i].len});
    }
    buffer_byte(out, ']');
}

/* By the first of these that the record was marked for; of draws most must be right. */
static void add_correct(struct buffer *out, const struct marks *marks, size_t record)
{
    static const char *const names[] = {"answer_accuracy", "quiz_accuracy", "preference_accuracy",
                                        "full_compliance"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const double *values = marks_values(marks, names[i]);

        if (!values || isnan(values[record])) continue;
        buffer_format(out, ",\"correct\":%s", values[record] > 0.5 ? "true" : "false");
        return;
    }
}

static void add_scores(struct buffer *out, const struct marks *marks, size_t record)
{
    const char *separator = ",\"scores\":{";

    for (size_t i = 0; i < marks->column_count; i++) {
        const struct marks_column *column = &marks->columns[i];

        if (isnan(column->values[record])) continue;
        buffer_text(out, separator);
        text_quote(out, text_of(column->name));
        buffer_byte(out, ':');
        number_write(out, column->values[record]);
        separator = ",";
    }
    if (separator[1] == '\0') buffer_byte(out, '}');
}

static void add_tokens(struct buffer *out, const struct output *output, size_t record)
{
    const struct answer *answer =
        output->answers ? answers_of(output->answers, ROUND_ANSWERS, record) : NULL;
    const char *separator = ",\"tokens\":{";

    if (output->examples && output->examples->items[record].rows > 0) {
        const struct example *item = &output->examples->items[record];

        buffer_format(out, "%s\"chosen\":%zu,\"rejected\":%zu", separator, item->scored[0],
                      item->scored[1]);
        separator = ",";
    }
    if (answer) {
        buffer_format(out, "%s\"generated\":%zu", separator, answer->tokens);
        separator = ",";
    }
    if (separator[1] == '\0') buffer_byte(out, '}');
}

static void add_groups(struct buffer *out, const struct marks *marks, size_t record)
{
    const char *separator = ",\"groups\":{";

    for (size_t i = 0; i < marks->group_count; i++) {
        const struct marks_group *group = &marks->groups[i];

        if (!group->words[record]) continue;
        buffer_text(out, separator);
        text_quote(out, text_of(group->name));
        buffer_byte(out, ':');
        text_quote(out, text_of(group->words[record]));
        separator = ",";
    }
    if (separator[1] == '\0') buffer_byte(out, '}');
}

static void write_record(const struct output *output, const struct pair *pair, size_t record,
                         struct buffer *line)
{
    const struct score *score = output->scores ? &output->scores[record] : NULL;
    const bool dropped = output->examples && output->examples->items[record].rows == 0;

    line->len = 0;
    buffer_byte(line, '{');
    add_members(line, pair);
    if (output->answers) add_answers(line, output->answers, record);
    if (dropped) buffer_text(line, ",\"dropped\":true");
    add_correct(line, output->marks, record);
    add_scores(line, output->marks, record);
    if (score && !dropped) {
        add_sides(line, "logps", score->policy[0], score->policy[1]);
        add_sides(line, "ref_logps", score->reference[0], score->reference[1]);
    }
    add_tokens(line, output, record);
    add_groups(line, output->marks, record);
    buffer_text(line, "}\n");
}

static void write_metrics(const struct output *output, struct buffer *line)
{
    const struct figures *metrics = output->metrics;

    line->len = 0;
    buffer_text(line, "{\"metrics\":{");
    for (size_t i = 0; i < metrics->count; i++) {
        if (i > 0) buffer_byte(line, ',');
        text_quote(line, text_of(metrics->items[i].name));
        buffer_byte(line, ':');
        if (isfinite(metrics->items[i].number))
            number_write(line, metrics->items[i].number);
        else
            buffer_text(line, "null");
    }
    buffer_byte(line, '}');
    buffer_add(line, output->more.at, output->more.len);
    buffer_text(line, "}\n");
}

bool output_write(const struct output *output, struct outfile *out, struct err *err)
{
    struct buffer line = {0};
    struct pair pair = {0};
    bool good = true;

    for (size_t i = 0; good && i < output->questions->count; i++) {
        good = questions_pair(output->questions, i, &pair, err);
        if (good) write_record(output, &pair, i, &line);
        good = good && outfile_write(out, line.at, line.len, err);
    }
    if (good) {
        write_metrics(output, &line);
        good = outfile_write(out, line.at, line.len, err);
    }
    pair_release(&pair);
    buffer_release(&line);
    return good;
}

bool output_digest(struct questions *questions, char out[65], struct err *err)
{
    struct pair pair = {0};
    struct sha256 sha;
    bool good = true;

    sha256_init(&sha);
    for (size_t i = 0; good && i < questions->count; i++) {
        good = questions_pair(questions, i, &pair, err);
        if (!good) break;
        sha256_add(&sha, pair.line.at, pair.line.len);
        sha256_add(&sha, "\n", 1);
    }
    sha256_hex(&sha, out);
    pair_release(&pair);
    return good;
}
