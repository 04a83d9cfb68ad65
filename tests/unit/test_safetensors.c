/* Safetensors files that are read, mapped and as a stream. */
#include "safetensors/safetensors.h"

#include "check.h"
#include "safetensors/safetensors_stream.h"
#include "unit/files.h"
#include "unit/weights.h"

#include <endian.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static struct err err;

static void check_good(const char *path)
{
    struct safetensors weights;

    if (CHECK(safetensors_open(&weights, path, &err)))
        safetensors_close(&weights);
    else
        CHECK_TEXT(err.text, "");
    if (!CHECK(weights_drain(path, &err))) CHECK_TEXT(err.text, "");
}

/* What may look odd, and is right. */
TEST(good_files)
{
    static const struct {
        const char *header;
        size_t data;
    } good[] = {
        {"{}", 0},
        {"{}      ", 0},
        {"{ \n\t\r}", 0},
        {"{\"__metadata__\":{}}", 0},
        {X("", "0,1"), 1},
        {X("0", "0,0"), 0},
        {X("0,281474976710656,281474976710656", "0,0"), 0},
        {X("1,1,1,1,1,1,1,2", "0,2"), 2},
        {"{" ENTRY("", "U8", "1", "0,1") "}", 1},
        {"{" ENTRY("b", "U8", "0", "0,0") "," ENTRY("a", "U8", "0", "0,0") "}", 0},
        {"{" ENTRY("b", "U8", "0", "1,1") "," ENTRY("a", "U8", "1", "0,1") "}", 1},
        {"{" ENTRY("b", "U8", "1", "0,1") "," ENTRY("a", "U8", "0", "0,0") "}", 1},
        {"{\"x\" : { \"data_offsets\":[ 0 , 8 ] ,\"shape\":[ 1\n],\"dtype\":\"F\\u0036"
         "\\u0034\" } }  ",
         8},
    };

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        check_good(weights_file("x.safetensors", good[i].header, good[i].data));
}

static void check_tensor(const struct tensor *tensor, const char *name, enum dtype dtype,
                         unsigned first, size_t bytes)
{
    CHECK(text_is(tensor->name, name) && tensor->dtype == dtype && tensor->bytes == bytes);
    for (size_t i = 0; tensor->at && i < bytes; i++) CHECK(tensor->at[i] == first + i);
}

static const char mixed[] = "{" ENTRY(
    "late", "F32", "1,2",
    "5,13") ",\"__metadata__\":{\"format\":\"pt\","
            "\"\\u20ac\\ud83d\\ude00\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000|\",\"\":\"\"}," ENTRY(
                "none", "BF16", "3,0", "5,5") "," ENTRY("early\xc3\xa9", "BOOL", "5", "0,5") "}";

/* In the order of their bytes, wherever those stand. */
TEST(tensors_in_order)
{
    struct safetensors weights;
    const struct tensor *tensor;

    if (!CHECK(safetensors_open(&weights, weights_file("x.safetensors", mixed, 13), &err))) return;
    CHECK(weights.header.count == 3 && weights.header.data_bytes == 13);
    check_tensor(&weights.header.tensors[0], "early\xc3\xa9", DTYPE_BOOL, 0, 5);
    check_tensor(&weights.header.tensors[1], "none", DTYPE_BF16, 0, 0);
    check_tensor(&weights.header.tensors[2], "late", DTYPE_F32, 5, 8);
    tensor = safetensors_find(&weights, TEXT("late"));
    CHECK(tensor == &weights.header.tensors[2]);
    CHECK(tensor && tensor->rank == 2 && tensor->shape[0] == 1 && tensor->shape[1] == 2);
    CHECK(!safetensors_find(&weights, TEXT("Late")) && !safetensors_find(&weights, TEXT("")));
    CHECK(!safetensors_find(&weights, TEXT("__metadata__")));
    safetensors_close(&weights);
}

static bool same(struct text a, struct text b)
{
    return a.at && a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

TEST(metadata)
{
    struct safetensors weights;

    if (!CHECK(safetensors_open(&weights, weights_file("x.safetensors", mixed, 13), &err))) return;
    CHECK(same(safetensors_metadata(&weights, "format"), TEXT("pt")));
    CHECK(same(safetensors_metadata(&weights, "\xe2\x82\xac\xf0\x9f\x98\x80"),
               TEXT("\"\\/\b\f\n\r\t\0|")));
    CHECK(same(safetensors_metadata(&weights, ""), TEXT("")));
    CHECK(!safetensors_metadata(&weights, "late").at);
    safetensors_close(&weights);
    CHECK(safetensors_open(&weights, weights_file("x.safetensors", "{}", 0), &err));
    CHECK(!safetensors_metadata(&weights, "format").at);
    safetensors_close(&weights);
}

/* One byte at a time, some of them passed over. */
TEST(stream_of_single_bytes)
{
    struct safetensors_stream stream;
    const struct tensor *tensor;
    static char bytes[8 + sizeof mixed - 1 + 13]; /* for longer than the drip */
    uint64_t length = htole64(sizeof mixed - 1);
    unsigned char got[8] = {0};

    memcpy(bytes, &length, sizeof length);
    memcpy(bytes + 8, mixed, sizeof mixed - 1);
    for (char i = 0; i < 13; i++) bytes[8 + sizeof mixed - 1 + (size_t)i] = i;
    if (!CHECK(safetensors_stream_open(&stream, files_drip(bytes, sizeof bytes), "-", &err)))
        return;
    CHECK(same(st_header_metadata(&stream.header, "format"), TEXT("pt")));
    CHECK(safetensors_stream_next(&stream, &tensor, &err) == 1);
    check_tensor(tensor, "early\xc3\xa9", DTYPE_BOOL, 0, 5);
    CHECK(safetensors_stream_read(&stream, got, 2, &err) && got[1] == 1 && stream.left == 3);
    CHECK(safetensors_stream_next(&stream, &tensor, &err) == 1);
    CHECK(safetensors_stream_read(&stream, got, 0, &err) && stream.left == 0);
    CHECK(safetensors_stream_next(&stream, &tensor, &err) == 1 && stream.left == 8);
    CHECK(safetensors_stream_read(&stream, got, 8, &err) && got[0] == 5 && got[7] == 12);
    CHECK(safetensors_stream_next(&stream, &tensor, &err) == 0);
    CHECK(safetensors_stream_next(&stream, &tensor, &err) == 0);
    safetensors_stream_close(&stream);
}

TEST(stream_that_ends_early)
{
    struct safetensors_stream stream;
    int fd = open(weights_file("x.safetensors", X("3", "0,3"), 2), O_RDONLY | O_CLOEXEC);
    const struct tensor *tensor;

    if (!CHECK(safetensors_stream_open(&stream, fd, "-", &err))) return;
    CHECK(safetensors_stream_next(&stream, &tensor, &err) == 1);
    CHECK(safetensors_stream_next(&stream, &tensor, &err) == -1);
    CHECK_TEXT(err.text, "standard input: ends after 2 of the 3 bytes of 'x'");
    safetensors_stream_close(&stream);
    CHECK(!safetensors_stream_open(&stream, -1, "x", &err));
    CHECK_TEXT(err.text, "x: Bad file descriptor");
}

/* A file under a reader that somebody replaces stays whole. */
TEST(replaced_file)
{
    struct safetensors weights;
    const char *path = weights_file("x.safetensors", X("4", "0,4"), 4);

    if (!CHECK(safetensors_open(&weights, path, &err))) return;
    CHECK(rename(files_text("other", "x"), path) == 0);
    check_tensor(&weights.header.tensors[0], "x", DTYPE_U8, 0, 4);
    safetensors_close(&weights);
}

static void read_while_it_shrinks(const char *path)
{
    struct safetensors weights;
    volatile unsigned char sink = 0;

    if (!freopen(files_path("said"), "w", stderr) || !safetensors_open(&weights, path, &err) ||
        truncate(path, 1000) != 0)
        _exit(90);
    for (uint64_t i = 0; i < weights.header.data_bytes; i++) sink = weights.header.tensors[0].at[i];
    _exit(sink ? 91 : 92);
}

TEST(shrinking_file)
{
    const char *path = weights_file("x.safetensors", X("100000", "0,100000"), 100000);
    int status = 0;
    char *said;

    fflush(stdout);
    if (fork() == 0) read_while_it_shrinks(path);
    CHECK(wait(&status) > 0 && WIFEXITED(status));
    CHECK_INT(WEXITSTATUS(status), 1);
    said = files_read(files_path("said"), NULL);
    CHECK(said && strstr(said, "/x.safetensors: the file shrank while it was read\n"));
    mem_free(said);
}

static void make_many(struct buffer *json, size_t count)
{
    buffer_byte(json, '{');
    for (size_t i = 0; i < count; i++)
        buffer_format(json,
                      "%s\"model.layers.%zu\":{\"dtype\":\"U8\",\"shape\":[],"
                      "\"data_offsets\":[%zu,%zu]}",
                      i ? "," : "", i, i, i + 1);
    buffer_byte(json, '}');
}

TEST(a_million_tensors_and_no_more)
{
    struct st_header header;
    struct buffer json = {0};

    make_many(&json, ST_ENTRY_LIMIT);
    if (CHECK(st_header_parse(&header, (struct text){json.at, json.len}, &err))) {
        CHECK_INT(header.count, ST_ENTRY_LIMIT);
        CHECK(st_header_find(&header, TEXT("model.layers.999999")) == &header.tensors[999999]);
        st_header_release(&header);
    }
    json.len = 0;
    make_many(&json, ST_ENTRY_LIMIT + 1);
    CHECK(!st_header_parse(&header, (struct text){json.at, json.len}, &err));
    CHECK_TEXT(err.text, "'model.layers.1000000': more than 1000000 tensors");
    buffer_release(&json);
}

TEST(a_million_keys_and_no_more)
{
    struct st_header header;
    struct buffer json = {0};

    buffer_text(&json, "{\"__metadata__\":{\"\":\"\"");
    for (size_t i = 0; i < ST_ENTRY_LIMIT; i++) buffer_format(&json, ",\"%zu\":\"\"", i);
    buffer_text(&json, "}}");
    CHECK(!st_header_parse(&header, (struct text){json.at, json.len}, &err));
    CHECK_TEXT(err.text, "'__metadata__': more than 1000000 keys");
    buffer_release(&json);
}

/* A long name is shown by its beginning. */
TEST(long_names)
{
    struct st_header header;
    struct buffer json = {0};

    buffer_text(&json, "{\"");
    for (int i = 0; i < 5000; i++) buffer_text(&json, "n");
    buffer_text(&json, "\":1}");
    CHECK(!st_header_parse(&header, (struct text){json.at, json.len}, &err));
    CHECK(strlen(err.text) == 102 + strlen(": its entry is not an object"));
    buffer_release(&json);
}

int main(void)
{
    RUN(good_files);
    RUN(tensors_in_order);
    RUN(metadata);
    RUN(stream_of_single_bytes);
    RUN(stream_that_ends_early);
    RUN(replaced_file);
    RUN(shrinking_file);
    if (!CHECK_SLOW) RUN(a_million_tensors_and_no_more);
    if (!CHECK_SLOW) RUN(a_million_keys_and_no_more);
    RUN(long_names);
    return check_end();
}
