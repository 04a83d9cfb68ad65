/* Streams of pairs: order, seals, the first fault by file and line, the same for any threads. */
#include "records/stream.h"

#include "check.h"
#include "unit/files.h"

#include <stdlib.h>
#include <unistd.h>

#define PAIR(id) "{\"prompt\":\"p" id "\",\"chosen\":\"c\",\"rejected\":\"r\"}\n"

/* judge leaves the length of the prompt, take joins the lines. */
struct sink {
    struct buffer text;
    size_t lengths;
    uint64_t stop_at; /* take fails at this record; 0: never */
    const char *reject;
};

static bool judge(void *context, void *desk, struct pair *pair, void *result, struct err *err)
{
    const struct sink *sink = context;

    (void)desk;
    *(size_t *)result = pair->fields[FIELD_PROMPT]->len;
    return !sink->reject ||
           !memmem(pair->line.at, pair->line.len, sink->reject, strlen(sink->reject)) ||
           err_set(err, "not wanted");
}

static bool take(void *context, void *desk, struct text line, void *result, struct err *err)
{
    struct sink *sink = context;

    (void)desk;
    buffer_add(&sink->text, line.at, line.len);
    buffer_byte(&sink->text, '\n');
    sink->lengths += *(size_t *)result;
    return !sink->stop_at || --sink->stop_at || err_set(err, "the sink is full");
}

/* What take got, or the error without the folder. */
static const char *run(struct sink *sink, const char *const *paths, size_t threads)
{
    static char words[600];
    struct stream stream = {
        .context = sink, .result_size = sizeof(size_t), .judge = judge, .take = take};
    struct err err;
    bool done;

    sink->text.len = sink->lengths = 0;
    done = stream_run(&stream, (char **)paths, threads, &err);
    buffer_byte(&sink->text, '\0');
    if (done) return sink->text.at;
    snprintf(words, sizeof words, "error: %s",
             strrchr(err.text, '/') ? strrchr(err.text, '/') + 1 : err.text);
    return words;
}

static const char *run_text(const char *text)
{
    static struct sink sink;
    const char *paths[] = {files_text("one", text), NULL};

    return run(&sink, paths, 2);
}

TEST(lines_arrive_as_they_are)
{
    CHECK_TEXT(run_text(PAIR("1") "\n \t\r\n" PAIR("2")), PAIR("1") PAIR("2"));
    CHECK_TEXT(run_text("  {\"id\" : 1.0 , \"prompt\":\"\\u0061\",\"chosen\":\"c\",\"rejected\":"
                        "\"r\"} \r\n"),
               "{\"id\" : 1.0 , \"prompt\":\"\\u0061\",\"chosen\":\"c\",\"rejected\":\"r\"}\n");
    CHECK_TEXT(run_text("\xef\xbb\xbf" PAIR("1")), PAIR("1"));
    CHECK_TEXT(run_text(""), "");
    CHECK_TEXT(run_text("\n\n\n"), "");
    CHECK_TEXT(run_text("{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\"}"),
               "{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\"}\n");
}

TEST(faults_are_named)
{
    CHECK_TEXT(run_text(PAIR("1") "\n\n{\"prompt\":\"p\",\"chosen\":\"c\"}\n" PAIR("2")),
               "error: one:4: 'rejected' is missing");
    CHECK_TEXT(run_text(PAIR("1") "{\"prompt\":\"p\",,\n"),
               "error: one:2: not JSON at column 15: no key where one must stand");
    CHECK_TEXT(run_text(PAIR("1") "{\"prompt\":\"p\",\"cho"),
               "error: one:2: the file ends in the middle of a line: not JSON at column 19: the "
               "text ends inside a string");
    CHECK_TEXT(run_text(PAIR("1") "{\"prompt\":7}"),
               "error: one:2: 'prompt' is a number, not a string or a list of messages");
    CHECK_TEXT(run_text(PAIR("1") "\xef\xbb\xbf" PAIR("2")),
               "error: one:2: not JSON at column 1: no JSON value");
    CHECK_TEXT(run_text("\x1f\x8b\x08"),
               "error: one: is gzip data: unpack it first, as in 'zcat FILE | ...'");
}

/* Where each record stands, as '0:3 '. */
struct places {
    struct stream stream;
    char text[200];
};

static bool judge_nothing(void *context, void *desk, struct pair *pair, void *result,
                          struct err *err)
{
    (void)context, (void)desk, (void)pair, (void)result, (void)err;
    return true;
}

static bool take_place(void *context, void *desk, struct text line, void *result, struct err *err)
{
    struct places *places = context;
    const size_t len = strlen(places->text);

    (void)desk, (void)line, (void)result, (void)err;
    snprintf(places->text + len, sizeof places->text - len, "%zu:%llu ", places->stream.file,
             (unsigned long long)places->stream.line);
    return true;
}

TEST(places_and_other_lines)
{
    struct places places = {
        .stream = {
            .result_size = 1, .judge = judge_nothing, .take = take_place, .parse = pair_scan}};
    const char *paths[] = {files_text("first", "{\"text\":1}\n\n" PAIR("1") "{\"_end\":2}\n"),
                           files_text("none", ""), files_text("then", "\n{}\n"), NULL};
    struct err err;

    places.stream.context = &places;
    for (size_t threads = 1; threads <= 3; threads++) {
        places.text[0] = '\0';
        CHECK(stream_run(&places.stream, (char **)paths, threads, &err));
        CHECK_TEXT(places.text, "0:1 0:3 2:2 ");
    }
    paths[1] = files_text("bad", "{}\n[]\n");
    CHECK(!stream_run(&places.stream, (char **)paths, 1, &err));
    CHECK_TEXT(strrchr(err.text, '/') + 1, "bad:2: the line holds an array, not an object");
}

TEST(seals)
{
    CHECK_TEXT(run_text(PAIR("1") PAIR("2") "{\"_end\":2}\n"), PAIR("1") PAIR("2"));
    CHECK_TEXT(run_text("{\"_end\":0}\n"), "");
    CHECK_TEXT(run_text(PAIR("1") "{\"_end\":2}\n"),
               "error: one: the seal says 2 records, but 1 came");
    CHECK_TEXT(run_text(PAIR("1") "{\"_end\":1}\n" PAIR("2")),
               "error: one:3: a record behind the seal");
    CHECK_TEXT(run_text(PAIR("1") "{\"_end\":1}\n{\"_end\":1}\n"),
               "error: one:3: a record behind the seal");
    CHECK_TEXT(run_text(PAIR("1") "{\"_end\":1}"), PAIR("1"));
    CHECK_TEXT(run_text("{\"_end\": 0}\n"), "error: one:1: 'prompt' is missing");
    CHECK_TEXT(run_text("{\"_end\":}\n"), "error: one:1: not JSON at column 9: no JSON value");
}

TEST(seals_of_several_files)
{
    struct sink sink = {0};
    const char *good = files_text("good", PAIR("1") "{\"_end\":1}\n");
    const char *open = files_text("open", PAIR("2"));
    const char *bad = files_text("bad", PAIR("3") "{\"_end\":3}\n");
    const char *empty = files_text("empty", "");
    const char *fine[] = {empty, good, empty, open, good, empty, NULL};
    const char *early[] = {bad, open, NULL}, *late[] = {good, bad, empty, NULL};

    for (size_t threads = 1; threads <= 4; threads++) {
        CHECK_TEXT(run(&sink, fine, threads), PAIR("1") PAIR("2") PAIR("1"));
        CHECK_TEXT(run(&sink, early, threads), "error: bad: the seal says 3 records, but 1 came");
        CHECK_TEXT(run(&sink, late, threads), "error: bad: the seal says 3 records, but 1 came");
    }
    buffer_release(&sink.text);
}

TEST(seal_that_is_needed)
{
    struct stream stream = {
        .result_size = sizeof(size_t), .judge = judge, .take = take, .need_seal = true};
    const char *file = files_text("unsealed", PAIR("1"));
    char *paths[] = {"-", NULL}, *named[] = {(char *)file, NULL};
    struct sink sink = {0};
    struct err err;

    stream.context = &sink;
    CHECK(freopen(file, "r", stdin) != NULL);
    CHECK(!stream_run(&stream, paths, 2, &err));
    CHECK_TEXT(err.text, "standard input: ends without a seal after 1 records: its writer died or "
                         "does not use --seal");
    CHECK(lseek(STDIN_FILENO, 0, SEEK_SET) == 0);
    CHECK(stream_run(&stream, named, 2, &err));
    CHECK_INT(stream.read, 2);
    buffer_release(&sink.text);
}

/* Some megabytes, so that every thread has blocks to wait for. */
static const char *make_large(const char *name, size_t records, size_t bad)
{
    struct buffer text = {0};
    const char *path;

    for (size_t i = 1; i <= records; i++)
        buffer_format(&text, "{\"prompt\":\"%0*zu\",\"chosen\":\"c\",%s\"r\"}\n",
                      (int)(i % 97 * 10 + 1), i, i == bad ? "\"x\":" : "\"rejected\":");
    path = files_write(name, text.at, text.len);
    buffer_release(&text);
    return path;
}

TEST(threads_change_nothing)
{
    struct sink one = {0}, many = {0};
    const char *paths[] = {make_large("a", 5000, 0), make_large("b", 3000, 0), NULL};

    run(&one, paths, 1);
    CHECK(one.text.len > 3000000);
    for (size_t threads = 2; threads <= 8; threads *= 2) {
        run(&many, paths, threads);
        CHECK(one.text.len == many.text.len && one.lengths == many.lengths &&
              memcmp(one.text.at, many.text.at, one.text.len) == 0);
    }
    buffer_release(&one.text);
    buffer_release(&many.text);
}

TEST(first_fault_for_any_threads)
{
    struct sink sink = {0}, full = {0}, picky = {.reject = "0777\""};
    const char *paths[] = {make_large("a", 5000, 4321), make_large("b", 100, 1), NULL};

    for (size_t threads = 1; threads <= 8; threads++) {
        CHECK_TEXT(run(&sink, paths, threads), "error: a:4321: 'rejected' is missing");
        full.stop_at = 1000;
        CHECK_TEXT(run(&full, paths, threads), "error: the sink is full");
        CHECK_TEXT(run(&picky, paths, threads), "error: a:777: not wanted");
    }
    buffer_release(&sink.text);
    buffer_release(&full.text);
    buffer_release(&picky.text);
}

TEST(files_that_are_not_there)
{
    struct sink sink = {0};
    const char *paths[] = {files_text("first", PAIR("1")), files_path("absent"), NULL};
    const char *folder[] = {"/tmp", NULL};

    CHECK_TEXT(run(&sink, paths, 2), "error: absent: No such file or directory");
    CHECK_TEXT(run(&sink, folder, 2), "error: tmp: is a directory");
    buffer_release(&sink.text);
}

/* A desk keeps what does not fit into a result: here each line, doubled. */
struct desk {
    struct buffer text;
    bool cleared;
};

static void clear_desk(void *place)
{
    struct desk *desk = place;

    desk->text.len = 0;
    desk->cleared = true;
}

static void leave_desk(void *place)
{
    struct desk *desk = place;

    buffer_release(&desk->text);
}

static bool double_line(void *context, void *place, struct pair *pair, void *result,
                        struct err *err)
{
    struct desk *desk = place;

    (void)context;
    *(size_t *)result = desk->text.len;
    buffer_add(&desk->text, pair->line.at, pair->line.len);
    buffer_add(&desk->text, pair->line.at, pair->line.len);
    return desk->cleared || err_set(err, "the desk was not cleared");
}

static bool take_double(void *context, void *place, struct text line, void *result, struct err *err)
{
    const struct desk *desk = place;

    (void)err;
    buffer_add(context, desk->text.at + *(size_t *)result, 2 * line.len);
    buffer_byte(context, '|');
    return true;
}

TEST(desks_and_raw_lines)
{
    struct buffer out = {0};
    const char *paths[] = {files_text("raw", " a\n\n{\"_end\":7}\nb"), make_large("l", 5000, 0),
                           NULL};
    struct err err;

    for (size_t threads = 1; threads <= 3; threads++) {
        struct stream stream = {.context = &out,
                                .result_size = sizeof(size_t),
                                .desk_size = sizeof(struct desk),
                                .judge = double_line,
                                .take = take_double,
                                .clear = clear_desk,
                                .leave = leave_desk,
                                .raw = true};

        out.len = 0;
        CHECK(stream_run(&stream, (char **)paths, threads, &err));
        CHECK_INT(stream.read, 5004);
        CHECK(out.len > 40 && memcmp(out.at, " a a||{\"_end\":7}{\"_end\":7}|bb|", 30) == 0);
    }
    buffer_release(&out);
}

int main(void)
{
    RUN(lines_arrive_as_they_are);
    RUN(faults_are_named);
    RUN(places_and_other_lines);
    RUN(seals);
    RUN(seals_of_several_files);
    RUN(seal_that_is_needed);
    RUN(threads_change_nothing);
    RUN(first_fault_for_any_threads);
    RUN(files_that_are_not_there);
    RUN(desks_and_raw_lines);
    return check_end();
}
