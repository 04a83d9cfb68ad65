#include "eval/questions.h"

#include "quiz/quiz.h"
#include "records/messages.h"
#include "records/stream.h"
#include "records/value.h"

#include <inttypes.h>
#include <math.h>

const char *const question_groups[GROUP_COUNT] = {"category", "source", "dialect"};

const struct value *question_group(struct pair *pair, enum question_group group)
{
    static const char *const paths[GROUP_COUNT][3] = {
        {"category", "metadata.category", "topic"},
        {"source"},
        {"dialect", "metadata.dialect"},
    };

    for (size_t i = 0; i < 3 && paths[group][i]; i++) {
        const struct value *value = pair_find(pair, paths[group][i]);

        if (value && value->kind == KIND_STRING && value->len > 2) return value;
    }
    return NULL;
}

/* Every field that is there must be what dpo-pairs(5) says. */
static bool check(struct pair *pair, struct err *err)
{
    const struct value *prompt = pair->fields[FIELD_PROMPT];

    if (!prompt) return err_set(err, "'prompt' is missing");
    if (pair->fields[FIELD_CHOSEN] && pair->fields[FIELD_REJECTED]) return pair_check(pair, err);
    if (!field_takes(FIELD_PROMPT, prompt->kind))
        return err_set(err, "'prompt' is %s, not a string or a list of messages",
                       kind_name(prompt->kind));
    if (prompt->kind == KIND_ARRAY && !messages_check(prompt, &pair->inner, &pair->message, err))
        return err_prefix(err, "'prompt'");
    return true;
}

static bool add_prompt(struct questions *questions, struct pair *pair, struct err *err)
{
    struct question_prompt *prompt;
    size_t lost;

    questions->prompts = mem_room(questions->prompts, questions->prompt_count,
                                  &questions->prompt_room, sizeof *prompt);
    prompt = &questions->prompts[questions->prompt_count++];
    prompt->begin = questions->ids.count;
    if (!tree_prompt(questions->maker, pair, questions->begun, &questions->ids, &lost, err))
        return false;
    prompt->count = questions->ids.count - prompt->begin;
    questions->cut += lost > 0;
    if (prompt->count == 0) return err_set(err, "'prompt' has no token");
    if (prompt->count > questions->longest) questions->longest = prompt->count;
    return true;
}

/* A paraphrase takes the prompt's place; it must be of the same kind. */
static bool add_paraphrases(struct questions *questions, struct pair *pair, struct err *err)
{
    const struct value *own = pair->fields[FIELD_PROMPT], *list = pair_find(pair, "paraphrases");
    struct scan scan = {0};
    bool good = true;

    if (!list) list = pair_find(pair, "metadata.paraphrases");
    if (!list || list->kind != KIND_ARRAY) return true;
    scan_json(&scan, list->at, list->len);
    for (size_t i = 0; good && i < scan.count; i++) {
        const struct value *value = &scan.members[i].value;

        pair->fields[FIELD_PROMPT] = value;
        good = (value->kind == own->kind ||
                err_set(err, "paraphrase %zu is %s, but 'prompt' is %s", i + 1,
                        kind_name(value->kind), kind_name(own->kind))) &&
               (value->kind != KIND_ARRAY ||
                messages_check(value, &pair->inner, &pair->message, err)) &&
               add_prompt(questions, pair, err);
    }
    pair->fields[FIELD_PROMPT] = own;
    questions->paraphrased += scan.count > 0;
    scan_release(&scan);
    return good;
}

static bool check_tolerance(struct pair *pair, struct err *err)
{
    const struct value *tolerance = pair_find(pair, "tolerance");
    double number;

    if (!tolerance || tolerance->kind == KIND_NULL) return true;
    if (value_number(tolerance, &number) && number >= 0 && isfinite(number)) return true;
    if (tolerance->kind == KIND_NUMBER)
        return err_set(err, "'tolerance' is '%.*s', not 0 or more", (int)tolerance->len,
                       tolerance->at);
    return err_set(err, "'tolerance' is %s, not a number", kind_name(tolerance->kind));
}

static bool add(struct questions *questions, struct pair *pair, struct err *err)
{
    struct question *item;

    questions->items = mem_room(questions->items, questions->count, &questions->room, sizeof *item);
    item = &questions->items[questions->count++];
    *item = (struct question){.len = pair->line.len, .first = questions->prompt_count};
    if (!check_tolerance(pair, err) || !add_prompt(questions, pair, err)) return false;
    if (questions->paraphrases && !add_paraphrases(questions, pair, err)) return false;
    item->forms = questions->prompt_count - item->first;
    return spool_add(&questions->lines, pair->line.at, pair->line.len, &item->begin, err);
}

struct reading {
    struct questions *questions;
    struct stream stream;
    struct pair pair;
    size_t file;   /* which of the paths */
    uint64_t line; /* of a quiz: the question */
};

static bool parse(struct pair *pair, struct text line, struct err *err)
{
    return pair_scan(pair, line, err) && check(pair, err);
}

static bool judge(void *context, void *desk, struct pair *pair, void *result, struct err *err)
{
    (void)context, (void)desk, (void)pair, (void)result, (void)err;
    return true;
}

/* Adds a line; an error says where it stands. */
static bool add_line(struct reading *reading, struct text text, uint64_t line, const char *unit,
                     struct err *err)
{
    struct questions *questions = reading->questions;
    struct question *item;

    if (!parse(&reading->pair, text, err) || !add(questions, &reading->pair, err))
        return err_prefix(err, "%s:%s%" PRIu64, path_shown(questions->paths[reading->file]), unit,
                          line);
    item = &questions->items[questions->count - 1];
    item->file = (uint32_t)reading->file;
    item->line = line;
    return true;
}

static bool take(void *context, void *desk, struct text line, void *result, struct err *err)
{
    struct reading *reading = context;

    (void)desk, (void)result;
    return add_line(reading, line, reading->stream.line, "", err);
}

static bool take_question(void *context, struct text line, struct err *err)
{
    struct reading *reading = context;

    return add_line(reading, line, ++reading->line, " question ", err);
}

static bool read_file(struct reading *reading, size_t threads, struct err *err)
{
    char *path = reading->questions->paths[reading->file], *paths[] = {path, NULL};

    reading->line = 0;
    if (quiz_is(path)) return quiz_read(path, take_question, reading, err);
    reading->stream = (struct stream){.context = reading,
                                      .result_size = 1,
                                      .desk_size = 1,
                                      .judge = judge,
                                      .take = take,
                                      .parse = parse,
                                      .failed = reading->questions->failed,
                                      .need_seal = reading->questions->need_seal};
    return stream_run(&reading->stream, paths, threads, err);
}

static bool begin(struct questions *questions, struct tree_maker *maker, struct err *err)
{
    tree_maker_init(maker, questions->language, questions->rules);
    questions->maker = maker;
    return spool_open(&questions->lines, err);
}

static void end(struct questions *questions)
{
    tree_maker_release(questions->maker);
    questions->maker = NULL;
}

bool questions_read(struct questions *questions, char **paths, size_t threads, struct err *err)
{
    static char *standard_input[] = {"-", NULL};
    struct reading reading = {.questions = questions};
    struct tree_maker maker;
    bool good = begin(questions, &maker, err);

    questions->paths = paths[0] ? paths : standard_input;
    for (; good && questions->paths[reading.file]; reading.file++)
        good = read_file(&reading, threads, err);
    end(questions);
    pair_release(&reading.pair);
    if (good && questions->count == 0) return err_set(err, "there are no records to be asked");
    return good;
}

bool questions_of(struct questions *questions, struct examples *examples, struct err *err)
{
    struct tree_maker maker;
    struct buffer line = {0};
    struct pair pair = {0};
    bool good = begin(questions, &maker, err);

    questions->paths = examples->paths;
    for (size_t i = 0; good && i < examples->count; i++) {
        const struct example *item = &examples->items[i];

        good = examples_line(examples, i, &line, err) &&
               pair_scan(&pair, buffer_content(&line), err) &&
               (add(questions, &pair, err) ||
                err_prefix(err, "%s:%" PRIu64, examples_path(examples, item->file), item->line));
        if (!good) break;
        questions->items[i].file = item->file;
        questions->items[i].line = item->line;
    }
    end(questions);
    buffer_release(&line);
    pair_release(&pair);
    return good;
}

bool questions_pair(struct questions *questions, size_t number, struct pair *pair, struct err *err)
{
    const struct question *item = &questions->items[number];

    questions->line.len = 0;
    buffer_reserve(&questions->line, item->len);
    questions->line.len = item->len;
    return spool_read(&questions->lines, item->begin, questions->line.at, item->len, err) &&
           pair_scan(pair, buffer_content(&questions->line), err);
}

void questions_close(struct questions *questions)
{
    mem_free(questions->items);
    mem_free(questions->prompts);
    ids_release(&questions->ids);
    buffer_release(&questions->line);
    spool_close(&questions->lines);
}
