/* What the writer writes, and that both readers give it back. */
#include "safetensors/safetensors_writer.h"

#include "check.h"
#include "safetensors/safetensors.h"
#include "safetensors/safetensors_stream.h"
#include "unit/files.h"
#include "unit/weights.h"

#include <endian.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static struct err err;

static bool declare(struct safetensors_writer *writer, const char *name, enum dtype dtype,
                    unsigned rank, uint64_t a, uint64_t b)
{
    struct tensor tensor = {.name = text_of(name), .dtype = dtype, .rank = rank, .shape = {a, b}};

    return safetensors_writer_declare(writer, &tensor, &err);
}

/* The text of the header in a file, terminated. */
static char *header_of(const char *path, size_t *file_len)
{
    char *bytes = files_read(path, file_len);
    uint64_t length;

    memcpy(&length, bytes, sizeof length);
    length = le64toh(length);
    CHECK(length % 8 == 0 && length + 8 <= *file_len);
    memmove(bytes, bytes + 8, length);
    bytes[length] = '\0';
    return bytes;
}

static const char *write_three(const char *name)
{
    const char *path = files_path(name);
    struct safetensors_writer writer;
    struct outfile out;
    unsigned char bytes[32];

    for (unsigned i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)i;
    safetensors_writer_init(&writer);
    CHECK(declare(&writer, "b\"\xc3\xa9", DTYPE_F32, 2, 2, 3));
    CHECK(declare(&writer, "none", DTYPE_BF16, 1, 0, 0));
    CHECK(declare(&writer, "a", DTYPE_U8, 0, 0, 0));
    CHECK(declare(&writer, "", DTYPE_BOOL, 2, 7, 1));
    CHECK(safetensors_writer_set(&writer, TEXT("t"), TEXT("old"), &err));
    CHECK(safetensors_writer_set(&writer, TEXT("t"), TEXT("\"\\/\b\f\n\r\t\0\x1f\x7f\xe2\x82\xac"),
                                 &err));
    CHECK(outfile_open(&out, path, &err) && safetensors_writer_begin(&writer, &out, &err));
    CHECK(safetensors_writer_write(&writer, bytes, 10, &err));
    CHECK(safetensors_writer_write(&writer, bytes, 0, &err));
    CHECK(safetensors_writer_write(&writer, bytes + 10, 14, &err));
    CHECK(safetensors_writer_write(&writer, bytes + 24, 1, &err));
    CHECK(safetensors_writer_write(&writer, bytes + 25, 7, &err));
    CHECK(safetensors_writer_finish(&writer, &err) && outfile_commit(&out, &err));
    safetensors_writer_release(&writer);
    return path;
}

TEST(header_as_text)
{
    size_t len;
    char *header = header_of(write_three("three"), &len);

    CHECK_TEXT(header,
               "{\"__metadata__\":{\"format\":\"pt\",\"t\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f"
               "\x7f\xe2\x82\xac\"},\"b\\\"\xc3\xa9\":{\"dtype\":\"F32\",\"shape\":[2,3],"
               "\"data_offsets\":[0,24]},\"none\":{\"dtype\":\"BF16\",\"shape\":[0],"
               "\"data_offsets\":[24,24]},\"a\":{\"dtype\":\"U8\",\"shape\":[],"
               "\"data_offsets\":[24,25]},\"\":{\"dtype\":\"BOOL\",\"shape\":[7,1],"
               "\"data_offsets\":[25,32]}}     ");
    CHECK_INT(len, 8 + strlen(header) + 32);
    mem_free(header);
}

static const char *const names[] = {"b\"\xc3\xa9", "none", "a", ""};

TEST(read_back)
{
    struct safetensors weights;
    unsigned byte = 0;

    if (!CHECK(safetensors_open(&weights, write_three("three"), &err))) return;
    CHECK_INT(weights.header.count, 4);
    for (size_t i = 0; i < 4; i++) {
        const struct tensor *tensor = &weights.header.tensors[i];

        CHECK(text_is(tensor->name, names[i]));
        for (size_t j = 0; j < tensor->bytes; j++) CHECK(tensor->at[j] == byte++);
    }
    CHECK_INT(byte, 32);
    CHECK(weights.header.tensors[0].rank == 2 && weights.header.tensors[0].shape[1] == 3);
    CHECK(text_is(safetensors_metadata(&weights, "format"), "pt"));
    CHECK_INT(safetensors_metadata(&weights, "t").len, 14);
    safetensors_close(&weights);
}

TEST(read_back_as_a_stream)
{
    const char *path = write_three("three");
    struct safetensors_stream stream;
    const struct tensor *tensor;
    unsigned char bytes[32], byte = 0;
    int got = 0;

    if (!CHECK(safetensors_stream_open(&stream, open(path, O_RDONLY | O_CLOEXEC), path, &err)))
        return;
    for (size_t i = 0; (got = safetensors_stream_next(&stream, &tensor, &err)) > 0; i++) {
        CHECK(i < 4 && text_is(tensor->name, names[i]));
        CHECK(safetensors_stream_read(&stream, bytes, tensor->bytes, &err));
        for (size_t j = 0; j < tensor->bytes; j++) CHECK(bytes[j] == byte++);
    }
    CHECK(got == 0 && byte == 32);
    safetensors_stream_close(&stream);
}

TEST(nothing_declared)
{
    struct safetensors_writer writer;
    struct outfile out;
    const char *path = files_path("nothing");
    struct safetensors weights;

    safetensors_writer_init(&writer);
    CHECK(safetensors_writer_set(&writer, TEXT("format"), TEXT("mlx"), &err));
    CHECK(outfile_open(&out, path, &err) && safetensors_writer_begin(&writer, &out, &err));
    CHECK(safetensors_writer_finish(&writer, &err) && outfile_commit(&out, &err));
    safetensors_writer_release(&writer);
    CHECK(safetensors_open(&weights, path, &err) && weights.header.count == 0);
    CHECK(text_is(safetensors_metadata(&weights, "format"), "mlx"));
    safetensors_close(&weights);
}

TEST(bad_declarations)
{
    struct safetensors_writer writer;
    uint64_t most = (uint64_t)1 << 48;
    struct tensor nul = {.name = TEXT("a\0b")};

    safetensors_writer_init(&writer);
    CHECK(declare(&writer, "x", DTYPE_U8, 0, 0, 0) && !declare(&writer, "x", DTYPE_F32, 0, 0, 0));
    CHECK_TEXT(err.text, "'x': declared twice");
    CHECK(!declare(&writer, "__metadata__", DTYPE_U8, 0, 0, 0));
    CHECK_TEXT(err.text, "'__metadata__': a name that is taken");
    CHECK(!declare(&writer, "a\xff", DTYPE_U8, 0, 0, 0));
    CHECK_TEXT(err.text, "'a\xff': a name that is not UTF-8");
    CHECK(!safetensors_writer_declare(&writer, &nul, &err));
    CHECK_TEXT(err.text, "'a': a name with a NUL in it");
    CHECK(!declare(&writer, "y", DTYPE_Q4_0, 1, 32, 0));
    CHECK_TEXT(err.text, "'y': safetensors have no Q4_0");
    CHECK(!declare(&writer, "y", DTYPE_U8, 2, most, most));
    CHECK_TEXT(err.text, "'y': its shape has too many elements");
    CHECK(!declare(&writer, "y", DTYPE_U8, 1, most + 1, 0));
    CHECK_TEXT(err.text, "'y': its shape has too many elements");
    CHECK(!declare(&writer, "y", DTYPE_F64, 2, most, 1 << 15));
    CHECK_TEXT(err.text, "'y': its shape has too many bytes");
    CHECK(!safetensors_writer_set(&writer, TEXT("k"), TEXT("\xff"), &err));
    CHECK_TEXT(err.text, "'__metadata__': 'k': not UTF-8");
    CHECK_INT(writer.count, 1);
    safetensors_writer_release(&writer);
}

static void refuse_to_begin(struct safetensors_writer *writer, const char *words)
{
    struct outfile out;

    CHECK(outfile_open(&out, "/dev/null", &err) && !safetensors_writer_begin(writer, &out, &err));
    CHECK_TEXT(err.text, words);
    outfile_abandon(&out);
    safetensors_writer_release(writer);
}

TEST(bad_wholes)
{
    struct safetensors_writer writer;
    uint64_t most = (uint64_t)1 << 48;
    struct buffer large = {0};

    safetensors_writer_init(&writer);
    CHECK(declare(&writer, "x", DTYPE_U8, 1, 3, 0) && declare(&writer, "y", DTYPE_BF16, 1, 1, 0));
    refuse_to_begin(&writer, "/dev/null: 'y': would not be aligned: declare larger formats first");
    safetensors_writer_init(&writer);
    CHECK(declare(&writer, "x", DTYPE_U8, 2, most, 1 << 14));
    CHECK(declare(&writer, "y", DTYPE_U8, 2, most, 1 << 14));
    refuse_to_begin(&writer, "/dev/null: the tensors have too many bytes");
    safetensors_writer_init(&writer);
    buffer_reserve(&large, ST_HEADER_LIMIT);
    memset(large.at, 'x', ST_HEADER_LIMIT - 38);
    large.len = ST_HEADER_LIMIT - 38;
    CHECK(safetensors_writer_set(&writer, TEXT("a"), (struct text){large.at, large.len}, &err));
    refuse_to_begin(&writer, "/dev/null: a header of 100000008 bytes, more than 100000000");
    buffer_release(&large);
}

TEST(bytes_that_were_not_declared)
{
    struct safetensors_writer writer;
    struct outfile out;
    char bytes[8] = {0};

    safetensors_writer_init(&writer);
    CHECK(declare(&writer, "x", DTYPE_U8, 1, 4, 0) && declare(&writer, "y", DTYPE_U8, 1, 4, 0));
    CHECK(outfile_open(&out, "/dev/null", &err) && safetensors_writer_begin(&writer, &out, &err));
    CHECK(!safetensors_writer_finish(&writer, &err));
    CHECK_TEXT(err.text, "/dev/null: 'x': 4 bytes fewer than were declared");
    CHECK(!safetensors_writer_write(&writer, bytes, 8, &err));
    CHECK_TEXT(err.text, "/dev/null: 'x': 4 bytes more than were declared");
    CHECK(safetensors_writer_write(&writer, bytes, 4, &err));
    CHECK(safetensors_writer_write(&writer, bytes, 3, &err));
    CHECK(!safetensors_writer_finish(&writer, &err));
    CHECK_TEXT(err.text, "/dev/null: 'y': 1 bytes fewer than were declared");
    CHECK(safetensors_writer_write(&writer, bytes, 1, &err));
    CHECK(safetensors_writer_finish(&writer, &err));
    CHECK(!safetensors_writer_write(&writer, bytes, 1, &err));
    CHECK_TEXT(err.text, "/dev/null: 1 bytes more than were declared");
    outfile_abandon(&out);
    safetensors_writer_release(&writer);
}

TEST(full_device)
{
    struct safetensors_writer writer;
    struct outfile out;

    safetensors_writer_init(&writer);
    CHECK(outfile_open(&out, "/dev/full", &err) && safetensors_writer_begin(&writer, &out, &err));
    CHECK(safetensors_writer_finish(&writer, &err) && !outfile_commit(&out, &err));
    CHECK_TEXT(err.text, "/dev/full: cannot write: No space left on device");
    safetensors_writer_release(&writer);
}

#define LARGE ((size_t)3 << 20)

static void write_large(void)
{
    static unsigned char bytes[LARGE];
    struct safetensors_writer writer;
    struct outfile out;
    bool good;

    for (size_t i = 0; i < LARGE; i++) bytes[i] = (unsigned char)(i >> 8);
    safetensors_writer_init(&writer);
    good = declare(&writer, "x", DTYPE_U8, 1, LARGE, 0) && outfile_open(&out, "-", &err) &&
           safetensors_writer_begin(&writer, &out, &err);
    for (size_t i = 0; good && i < LARGE; i += LARGE / 3)
        good = safetensors_writer_write(&writer, bytes + i, LARGE / 3, &err);
    _exit(!(good && safetensors_writer_finish(&writer, &err) && outfile_commit(&out, &err)));
}

/* From one program to another, through a pipe that holds less than a tensor. */
TEST(down_a_pipe)
{
    static unsigned char bytes[LARGE];
    struct safetensors_stream stream;
    const struct tensor *tensor;
    size_t wrong = 0;
    int ends[2], status;

    if (!CHECK(pipe2(ends, O_CLOEXEC) == 0)) return;
    fflush(stdout);
    if (fork() == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[1]);
        write_large();
    }
    close(ends[1]);
    if (!CHECK(safetensors_stream_open(&stream, ends[0], "-", &err))) return;
    CHECK(safetensors_stream_next(&stream, &tensor, &err) == 1 && tensor->bytes == LARGE);
    CHECK(safetensors_stream_read(&stream, bytes, LARGE, &err));
    for (size_t i = 0; i < LARGE; i++) wrong += bytes[i] != (unsigned char)(i >> 8);
    CHECK_INT(wrong, 0);
    CHECK(safetensors_stream_next(&stream, &tensor, &err) == 0);
    safetensors_stream_close(&stream);
    CHECK(wait(&status) > 0 && status == 0);
}

/* The reader writes what it reads: the same bytes. */
TEST(copy_of_a_copy)
{
    const char *path = write_three("three"), *second = files_path("second");
    struct safetensors weights;
    struct safetensors_writer writer;
    struct outfile out;
    size_t len, second_len;
    char *bytes, *second_bytes;

    if (!CHECK(safetensors_open(&weights, path, &err))) return;
    safetensors_writer_init(&writer);
    for (size_t i = 0; i < weights.header.metadata_count; i++)
        CHECK(safetensors_writer_set(&writer, weights.header.metadata[i].key,
                                     weights.header.metadata[i].value, &err));
    for (size_t i = 0; i < weights.header.count; i++)
        CHECK(safetensors_writer_declare(&writer, &weights.header.tensors[i], &err));
    CHECK(outfile_open(&out, second, &err) && safetensors_writer_begin(&writer, &out, &err));
    for (size_t i = 0; i < weights.header.count; i++)
        CHECK(safetensors_writer_write(&writer, weights.header.tensors[i].at,
                                       weights.header.tensors[i].bytes, &err));
    CHECK(safetensors_writer_finish(&writer, &err) && outfile_commit(&out, &err));
    safetensors_writer_release(&writer);
    safetensors_close(&weights);
    bytes = files_read(path, &len);
    second_bytes = files_read(second, &second_len);
    CHECK(len == second_len && memcmp(bytes, second_bytes, len) == 0);
    mem_free(bytes);
    mem_free(second_bytes);
}

int main(void)
{
    RUN(header_as_text);
    RUN(read_back);
    RUN(read_back_as_a_stream);
    RUN(nothing_declared);
    RUN(bad_declarations);
    RUN(bad_wholes);
    RUN(bytes_that_were_not_declared);
    RUN(full_device);
    RUN(down_a_pipe);
    RUN(copy_of_a_copy);
    return check_end();
}
