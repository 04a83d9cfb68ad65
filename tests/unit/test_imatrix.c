#include "pack/imatrix.h"

#include "check.h"
#include "unit/files.h"
#include "unit/gguf_file.h"

static struct imatrix matrix;
static struct mapped file;

static bool parse(const char *spec, struct err *err)
{
    gguf_file_release(&file);
    file = gguf_file_of(spec);
    return imatrix_parse(&matrix, &file, err);
}

static void check_refused(const char *spec, const char *want)
{
    struct err err = {""};

    CHECK(!parse(spec, &err));
    CHECK_TEXT(err.text, want);
    CHECK(!matrix.entries && matrix.count == 0);
}

static void check_values(const char *name, uint64_t cols, float first, float last)
{
    const float *values = NULL;
    struct err err = {""};

    CHECK(imatrix_find(&matrix, text_of(name), cols, &values, &err) == 1);
    if (values) CHECK(values[0] == first && values[cols - 1] == last);
}

/* Floats by their bits: 1 is 1065353216, 2 is 1073741824, 3 is 1077936128, 6 is 1086324736. */
#define KEYS                                                                                       \
    "'imatrix.datasets' 4:9 4:8 8:2 'a.txt' 'b' 'imatrix.chunk_count' 4:4 4:7 "                    \
    "'imatrix.chunk_size' 4:4 4:512 "
#define HEAD(tensors) "GGUF 4:3 8:" tensors " 8:3 " KEYS
#define SUMS "'x.in_sum2' 4:2 8:2 8:1 4:0 8:0 "
#define COUNTS "'x.counts' 4:2 8:1 8:1 4:0 8:32 "
#define DATA(first, second, count) "pad:32 4:" first " 4:" second " pad:32 4:" count " pad:32"

TEST(gguf)
{
    struct err err = {""};

    CHECK(parse(HEAD("2") SUMS COUNTS DATA("1065353216", "1086324736", "1073741824"), &err));
    CHECK_INT(matrix.count, 1);
    CHECK_INT(matrix.chunks, 7);
    CHECK(text_is(matrix.dataset, "a.txt"));
    check_values("x", 2, 0.5F, 3);
    imatrix_release(&matrix);
    CHECK(parse(HEAD("2") SUMS COUNTS DATA("1065353216", "1086324736", "0"), &err));
    check_values("x", 2, 1, 1);
    imatrix_release(&matrix);
}

/* Two experts with a count each; a count is rounded. */
TEST(experts)
{
    struct err err = {""};

    CHECK(parse(HEAD("2") SUMS "'x.counts' 4:2 8:1 8:2 4:0 8:32 pad:32 4:1065353216 "
                               "4:1086324736 pad:32 4:1073741824 4:1067030938 pad:32",
                &err));
    check_values("x", 2, 0.5F, 6);
    imatrix_release(&matrix);
}

TEST(gguf_refused)
{
    check_refused("GGUF 4:3 8:0 8:0", "x.gguf: there is no 'imatrix.datasets'");
    check_refused(HEAD("0"), "x.gguf: there are no entries");
    check_refused(HEAD("1") SUMS "pad:32 zeros:32", "x.gguf: 'x' has sums but no counts");
    check_refused(HEAD("1") "'x.counts' 4:2 8:1 8:1 4:0 8:0 pad:32 zeros:32",
                  "x.gguf: 'x' has counts but no sums");
    check_refused(HEAD("2") SUMS "'x.counts' 4:2 8:1 8:1 4:1 8:32 pad:32 zeros:64",
                  "x.gguf: sums and counts of 'x' are not both F32");
    check_refused(HEAD("2") SUMS "'x.counts' 4:1 8:3 4:0 8:32 pad:32 zeros:64",
                  "x.gguf: 'x' has 2 sums and 3 counts");
    check_refused(HEAD("2") SUMS COUNTS DATA("1065353216", "2143289344", "1065353216"),
                  "x.gguf: 'x' has a value that is not finite");
    check_refused(HEAD("2") SUMS COUNTS DATA("1065353216", "0", "2139095040"),
                  "x.gguf: 'x' has a count that is not finite");
    check_refused(HEAD("2") "'.in_sum2' 4:1 8:2 4:0 8:0 '.counts' 4:1 8:1 4:0 8:32 "
                            "pad:32 zeros:64",
                  "x.gguf: an entry has no name");
}

#define ENTRY(letter, calls, value) "4:1 1:" letter " 4:" calls " 4:1 4:" value " "

TEST(older)
{
    const float *values;
    struct err err = {""};

    CHECK(parse("4:2 " ENTRY("120", "2", "1086324736") ENTRY("121", "0", "1086324736"), &err));
    check_values("x", 1, 3, 3);
    check_values("y", 1, 6, 6);
    CHECK(matrix.chunks == 0 && matrix.dataset.len == 0);
    CHECK_INT(imatrix_find(&matrix, TEXT("z"), 1, &values, &err), 0);
    CHECK_INT(imatrix_find(&matrix, TEXT("x"), 2, &values, &err), -1);
    CHECK_TEXT(err.text, "'x' has 1 values in the importance matrix, not 2");
    imatrix_release(&matrix);
    CHECK(parse("4:1 " ENTRY("120", "1", "0") "4:9 4:2 1:97 1:98", &err));
    CHECK(matrix.chunks == 9 && text_is(matrix.dataset, "ab"));
    imatrix_release(&matrix);
    CHECK(parse("4:1 " ENTRY("120", "1", "0") "4:-1 4:20 1:97", &err)); /* a torn end */
    CHECK(matrix.chunks == 0 && matrix.dataset.len == 0);
    imatrix_release(&matrix);
}

TEST(older_refused)
{
    check_refused("1:0", "x.gguf: no importance matrix");
    check_refused("4:0", "x.gguf: no importance matrix");
    check_refused("4:-1", "x.gguf: no importance matrix");
    check_refused("4:1", "x.gguf: the file ends within entry 1");
    check_refused("4:2 " ENTRY("120", "1", "0"), "x.gguf: the file ends within entry 2");
    check_refused("4:1 4:-1 4:1", "x.gguf: the file ends within entry 1");
    check_refused("4:1 4:1 1:120 4:1 4:0", "x.gguf: the file ends within entry 1");
    check_refused("4:1 4:1 1:120 4:1 4:2 4:0", "x.gguf: the file ends within entry 1");
    check_refused("4:1 4:0 4:1 4:1 4:0", "x.gguf: an entry has no name");
    check_refused("4:2 " ENTRY("120", "1", "0") ENTRY("120", "1", "0"),
                  "x.gguf: the entry 'x' stands twice");
    check_refused("4:1 " ENTRY("120", "1", "2139095040"),
                  "x.gguf: 'x' has a value that is not finite");
}

/* An embedding of another length is done without, as its values are never used. */
TEST(embedding)
{
    const float *values;
    struct err err = {""};
    struct buffer bytes = {0};
    const char *path;

    gguf_file_add(&bytes, "4:1 4:17");
    buffer_text(&bytes, "token_embd.weight");
    gguf_file_add(&bytes, "4:1 4:1 4:0");
    path = files_write("m.dat", bytes.at, bytes.len);
    CHECK(imatrix_open(&matrix, path, &err));
    CHECK_INT(imatrix_find(&matrix, TEXT("token_embd.weight"), 2, &values, &err), 0);
    CHECK_INT(imatrix_find(&matrix, TEXT("token_embd.weight"), 1, &values, &err), 1);
    imatrix_close(&matrix);
    CHECK(!imatrix_open(&matrix, files_path("none"), &err));
    CHECK(!imatrix_open(&matrix, files_write("empty", "", 0), &err));
    CHECK(strstr(err.text, "no importance matrix"));
    buffer_release(&bytes);
}

int main(void)
{
    RUN(gguf);
    RUN(experts);
    RUN(gguf_refused);
    RUN(older);
    RUN(older_refused);
    RUN(embedding);
    gguf_file_release(&file);
    return check_end();
}
