/* Sets of pairs and of texts: what TRL's trainers keep of the golden sets, and how long it is. */
#include "examples/examples.h"

#include "check.h"
#include "records/value.h"
#include "unit/files.h"
#include "unit/golden.h"
#include "unit/tokens.h"

#include <stdlib.h>

/* A run of a trainer: what it says it read, and what it kept. */
struct run {
    struct buffer text, log;
    struct scan scan, list, row;
    char model[64], data[64];
    struct examples examples;
    struct language language;
    struct config config;
};

static size_t number_of(const struct scan *scan, const char *name)
{
    const struct member *member = scan_member(scan, name);
    double number = -1;

    if (!CHECK(member && value_number(&member->value, &number))) printf("# %s\n", name);
    return (size_t)number;
}

static void read_word(const struct scan *scan, const char *name, char word[64])
{
    struct buffer decoded = {0};
    struct text text = golden_string(scan, name, &decoded);

    if (CHECK(text.at && text.len < 64)) memcpy(word, text.at, text.len + 1);
    buffer_release(&decoded);
}

static bool run_open(struct run *run, const char *name)
{
    char path[128], word[64];
    struct err err;

    *run = (struct run){0};
    snprintf(path, sizeof path, "train/%s/run.json", name);
    if (!CHECK(golden_read(path, &run->text)) ||
        !CHECK(scan_json(&run->scan, run->text.at, run->text.len)))
        return false;
    read_word(&run->scan, "model", run->model);
    read_word(&run->scan, "data", run->data);
    snprintf(path, sizeof path, "tests/golden/numeric/models/%s", run->model);
    if (!CHECK(language_load(&run->language, path, "auto", &err))) return false;
    run->config = (struct config){.vocabulary = 512, .positions = 4096};
    run->examples = (struct examples){.language = &run->language, .config = &run->config};
    read_word(&run->scan, "trainer", word);
    if (strcmp(word, "SFTTrainer") == 0) run->examples.kind = EXAMPLES_TEXTS;
    read_word(&run->scan, "truncation_mode", word);
    if (strcmp(word, "keep_end") == 0) run->examples.rules.truncate = TRUNCATE_KEEP_END;
    run->examples.rules.max_length = number_of(&run->scan, "max_length");
    return true;
}

static void run_close(struct run *run)
{
    language_release(&run->language);
    scan_release(&run->scan);
    scan_release(&run->list);
    scan_release(&run->row);
    buffer_release(&run->text);
    buffer_release(&run->log);
}

/* The first rows of a data file, in a file of their own. */
static const char *first_rows(const char *prefix, const char *data, size_t rows)
{
    struct buffer text = {0};
    char name[128];
    const char *path, *end;

    snprintf(name, sizeof name, "train/data/%s%s.jsonl", prefix, data);
    if (!CHECK(golden_read(name, &text))) return "";
    end = text.at;
    for (size_t i = 0; i < rows && end < text.at + text.len; i++)
        end = (char *)memchr(end, '\n', text.len - (size_t)(end - text.at)) + 1;
    path = files_write("rows.jsonl", text.at, (size_t)(end - text.at));
    buffer_release(&text);
    return path;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* want: ids of the prompt and of both answers before anything is cut. */
static bool pair_agrees(const struct example *item, const size_t want[3],
                        const struct tree_rules *rules)
{
    size_t tokens = 0;
    bool same = true;

    for (int side = 0; side < 2; side++) {
        const struct branch *branch = &item->branches[side];
        const size_t all = least(rules->max_length, want[0] + want[1 + side]);
        const size_t answer = rules->truncate == TRUNCATE_KEEP_END
                                  ? least(rules->max_length, want[1 + side])
                                  : all - want[0];

        same = same && branch->answer == answer && branch->lost == want[1 + side] - answer &&
               item->prompt + branch->context == all - answer && item->scored[side] == answer &&
               item->lengths[side] == answer;
        tokens += all;
    }
    return same && item->sides == 2 && item->tokens == tokens &&
           item->longer == (item->lengths[0] > item->lengths[1]);
}

/* want: ids of all, and those to be learned, after the cut. */
static bool text_agrees(const struct example *item, const size_t want[3])
{
    return item->sides == 1 && item->prompt + item->branches[0].answer == want[0] &&
           item->lengths[0] == want[1] && item->scored[0] == want[1] && item->tokens == want[0] &&
           item->scored[1] == 0 && !item->longer;
}

static void compare_lengths(struct run *run)
{
    const struct member *lengths = scan_member(&run->scan, "lengths");

    if (!CHECK(lengths) || !CHECK(scan_json(&run->list, lengths->value.at, lengths->value.len)) ||
        !CHECK(run->list.count == run->examples.count))
        return;
    for (size_t i = 0; i < run->list.count; i++) {
        const struct example *item = &run->examples.items[i];
        size_t want[3] = {0};

        CHECK(scan_json(&run->row, run->list.members[i].value.at, run->list.members[i].value.len));
        for (size_t j = 0; j < run->row.count && j < 3; j++) {
            double length = 0;

            CHECK(value_number(&run->row.members[j].value, &length));
            want[j] = (size_t)length;
        }
        if (!CHECK(run->examples.kind == EXAMPLES_PAIRS
                       ? pair_agrees(item, want, &run->examples.rules)
                       : text_agrees(item, want)))
            printf("# row %zu\n", i);
    }
}

/* The tokens of a batch: '[2, 3]' names two examples. */
static size_t batch_tokens(struct run *run, const struct value *batch)
{
    size_t tokens = 0;

    CHECK(scan_json(&run->row, batch->at, batch->len));
    for (size_t i = 0; i < run->row.count; i++) {
        double number = -1;

        if (CHECK(value_number(&run->row.members[i].value, &number) &&
                  number < (double)run->examples.count))
            tokens += run->examples.items[(size_t)number].tokens;
    }
    return tokens;
}

/* After each update the log says how many tokens went by: the sums of its batches, in order. */
static void compare_log(struct run *run, const char *name)
{
    const struct member *batches = scan_member(&run->scan, "microbatches");
    struct scan line = {0};
    const char *at;
    size_t tokens = 0, batch = 0, updates = 0;
    char path[128];

    snprintf(path, sizeof path, "train/%s/log.jsonl.xz", name);
    if (!golden_unpack(path, &run->log)) {
        SKIP("xz is missing");
        return;
    }
    if (!CHECK(batches && scan_json(&run->list, batches->value.at, batches->value.len))) return;
    for (at = run->log.at; golden_line(&at, run->log.at + run->log.len, &line);) {
        if (!scan_member(&line, "grad_norm")) continue;
        for (; tokens < number_of(&line, "num_tokens") && batch < run->list.count; batch++)
            tokens += batch_tokens(run, &run->list.members[batch].value);
        CHECK_INT(tokens, number_of(&line, "num_tokens"));
        updates++;
    }
    CHECK_INT(batch, run->list.count);
    CHECK(updates >= 20);
    scan_release(&line);
}

static bool read_rows(struct run *run, const char *prefix, size_t rows)
{
    char *paths[] = {(char *)first_rows(prefix, run->data, rows), NULL};
    struct err err;

    if (CHECK(examples_read(&run->examples, paths, 2, &err))) return true;
    printf("# %s\n", err.text);
    return false;
}

static void compare_run(const char *name)
{
    struct run run;
    size_t read;

    if (!run_open(&run, name)) return;
    read = number_of(&run.scan, "rows_read");
    if (read_rows(&run, "", read)) {
        CHECK_INT(run.examples.read, read);
        CHECK_INT(run.examples.count, number_of(&run.scan, "rows_kept"));
        CHECK_INT(run.examples.dropped, read - run.examples.count);
        compare_lengths(&run);
        compare_log(&run, name);
        examples_close(&run.examples);
    }
    run.examples.dropped = run.examples.read = 0;
    if (read_rows(&run, "eval-", SIZE_MAX)) {
        CHECK_INT(run.examples.count, number_of(&run.scan, "eval_rows_kept"));
        examples_close(&run.examples);
    }
    run_close(&run);
    if (check_failed) printf("# in the run %s\n", name);
}

TEST(rows_and_lengths_are_those_of_the_trainers)
{
    static const char *const runs[] = {
        "aot",        "apo-zero",       "bf16-weights", "checkpoint",   "dpo-full",
        "forward-kl", "hinge",          "ipo",          "ld",           "nocompute",
        "precompute", "robust",         "rpo",          "sft-full",     "sft-lora",
        "sft-trunc",  "sigmoid",        "sigmoid-ls",   "sigmoid-norm", "sigmoid-ragged",
        "trunc-end",  "sigmoid-random", "trunc-start",  "window",       "wpo"};

    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) compare_run(runs[i]);
}

/* What TRL's SFTTrainer made of the same rows. */
struct dataset {
    struct scan scan, rows, kept, row;
    struct examples examples;
    struct language language;
    struct config config;
};

static void set_options(struct dataset *set)
{
    const struct member *only = scan_member(&set->scan, "completion_only");
    const struct member *length = scan_member(&set->scan, "max_length");
    const struct member *mode = scan_member(&set->scan, "truncation_mode");
    double number = 0;

    value_number(&length->value, &number);
    set->examples = (struct examples){
        .language = &set->language,
        .config = &set->config,
        .kind = EXAMPLES_TEXTS,
        .completion_only =
            only->value.kind == KIND_FALSE ? COMPLETION_ONLY_NO : COMPLETION_ONLY_AUTO,
        .rules = {.max_length = (size_t)number,
                  .truncate = value_is(&mode->value, TEXT("keep_end")) ? TRUNCATE_KEEP_END
                                                                       : TRUNCATE_KEEP_START}};
}

static bool same_ids(struct dataset *set, size_t number)
{
    struct err err;
    const struct ids *ids = examples_ids(&set->examples, number, &err);
    struct text want = golden_span(&set->row, "ids");
    struct buffer got = {0};
    bool same;

    buffer_byte(&got, '[');
    for (size_t i = 0; i < ids->count; i++) buffer_format(&got, i ? ", %u" : "%u", ids->at[i]);
    buffer_byte(&got, ']');
    same = want.len == got.len && memcmp(want.at, got.at, got.len) == 0;
    buffer_release(&got);
    return same;
}

/* A text of one token is kept by TRL, though nothing of it can be learned. */
static void compare_kept(struct dataset *set)
{
    size_t number = 0;

    for (size_t i = 0; i < set->kept.count; i++) {
        const struct value *value = &set->kept.members[i].value;
        double labels = -1;

        CHECK(scan_json(&set->row, value->at, value->len));
        value_number(&scan_member(&set->row, "labels")->value, &labels);
        if (!memchr(golden_span(&set->row, "ids").at, ',', golden_span(&set->row, "ids").len))
            continue;
        if (!CHECK(number < set->examples.count)) return;
        CHECK(same_ids(set, number));
        CHECK_INT(set->examples.items[number].lengths[0], labels);
        number++;
    }
    CHECK_INT(number, set->examples.count);
}

static void compare_dataset(struct dataset *set)
{
    const struct text rows = golden_span(&set->scan, "rows"),
                      kept = golden_span(&set->scan, "kept");
    struct buffer text = {0};
    struct err err = {{0}};
    bool done;
    char *paths[2] = {0};

    CHECK(scan_json(&set->rows, rows.at, rows.len) && scan_json(&set->kept, kept.at, kept.len));
    for (size_t i = 0; i < set->rows.count; i++) {
        buffer_add(&text, set->rows.members[i].value.at, set->rows.members[i].value.len);
        buffer_byte(&text, '\n');
    }
    paths[0] = (char *)files_write("set.jsonl", text.at, text.len);
    set_options(set);
    done = examples_read(&set->examples, paths, 2, &err);
    if (set->kept.count > 0 && CHECK(done)) {
        compare_kept(set);
        examples_close(&set->examples);
    } else {
        CHECK_TEXT(strrchr(err.text, '/') + 1,
                   "set.jsonl: nothing is left of 3 texts: all prompts fill --max-length");
    }
    buffer_release(&text);
}

TEST(texts_are_those_of_trl)
{
    struct dataset set = {.config = {.vocabulary = 512, .positions = 4096}};
    struct buffer text = {0};
    struct err err;
    const char *at;
    int sets = 0;

    if (!CHECK(language_load(&set.language, "tests/golden/numeric/models/llama", "auto", &err)) ||
        !CHECK(golden_read("train/texts.jsonl", &text)))
        return;
    for (at = text.at; golden_line(&at, text.at + text.len, &set.scan); sets++)
        compare_dataset(&set);
    CHECK_INT(sets, 30);
    language_release(&set.language);
    scan_release(&set.scan);
    scan_release(&set.rows);
    scan_release(&set.kept);
    scan_release(&set.row);
    buffer_release(&text);
}

int main(void)
{
    RUN(rows_and_lengths_are_those_of_the_trainers);
    RUN(texts_are_those_of_trl);
    return check_end();
}
