/* gguf/gguf_writer: what gguf/gguf reads again, and what is refused. */
#include "gguf/gguf_writer.h"

#include "check.h"
#include "gguf/gguf.h"
#include "unit/files.h"

#include <stdlib.h>
#include <unistd.h>

static struct err err;

static struct tensor tensor_of(const char *name, enum dtype dtype, uint64_t rows, uint64_t cols)
{
    struct tensor tensor = {.name = text_of(name), .dtype = dtype, .rank = rows ? 2 : 1};

    tensor.shape[0] = rows ? rows : cols;
    if (rows) tensor.shape[1] = cols;
    return tensor;
}

static void declare(struct gguf_writer *writer, const char *name, enum dtype dtype, uint64_t rows,
                    uint64_t cols)
{
    const struct tensor tensor = tensor_of(name, dtype, rows, cols);

    CHECK(gguf_writer_declare(writer, &tensor, &err));
}

static void add_keys(struct gguf_writer *writer)
{
    gguf_writer_text(writer, "general.architecture", TEXT("llama"));
    gguf_writer_u32(writer, "u", 4000000000);
    gguf_writer_i32(writer, "i", -3);
    gguf_writer_f32(writer, "f", 1.5F);
    gguf_writer_bool(writer, "yes", true);
    gguf_writer_bool(writer, "no", false);
    gguf_writer_array(writer, "words", GGUF_TEXT, 2);
    gguf_writer_item_text(writer, TEXT("a"));
    gguf_writer_item_text(writer, TEXT(""));
    gguf_writer_array(writer, "whole", GGUF_I32, 2);
    gguf_writer_item_i32(writer, 7);
    gguf_writer_item_i32(writer, -7);
    gguf_writer_array(writer, "broken", GGUF_F32, 1);
    gguf_writer_item_f32(writer, 0.25F);
}

static void check_keys(const struct gguf *gguf)
{
    struct gguf_value array;
    struct text text = {0};
    uint32_t u = 0;
    float f = 0;
    int32_t i = 0;
    bool flag = false;

    CHECK(gguf_u32(gguf, "u", &u, &err) == 1 && u == 4000000000);
    CHECK(gguf_f32(gguf, "f", &f, &err) == 1);
    CHECK_NEAR((double)f, 1.5, 0);
    CHECK(gguf_bool(gguf, "yes", &flag, &err) == 1 && flag);
    CHECK(gguf_bool(gguf, "no", &flag, &err) == 1 && !flag);
    CHECK(gguf_find(gguf, "i") && gguf_find(gguf, "i")->type == GGUF_I32);
    CHECK(gguf_array(gguf, "words", GGUF_TEXT, &array, &err) == 1 && array.count == 2);
    CHECK(gguf_next_text(&array, &text) && text_is(text, "a"));
    CHECK(gguf_next_text(&array, &text) && text.len == 0);
    CHECK(gguf_array(gguf, "whole", GGUF_I32, &array, &err) == 1);
    CHECK(gguf_next_i32(&array, &i) && i == 7 && gguf_next_i32(&array, &i) && i == -7);
    CHECK(gguf_array(gguf, "broken", GGUF_F32, &array, &err) == 1);
    CHECK(gguf_next_f32(&array, &f));
    CHECK_NEAR((double)f, 0.25, 0);
}

/* Three tensors of 40, 34 and 4 bytes, filled with their number, in this order. */
static bool write_three(const char *path, const size_t *order, bool placed)
{
    static const size_t lens[] = {40, 34, 4};
    struct gguf_writer writer;
    struct outfile out;
    char bytes[40];
    bool good;

    gguf_writer_init(&writer);
    add_keys(&writer);
    declare(&writer, "zero", DTYPE_F16, 2, 10);
    declare(&writer, "one", DTYPE_Q8_0, 1, 32);
    declare(&writer, "two", DTYPE_F32, 0, 1);
    good = outfile_open(&out, path, &err) && gguf_writer_begin(&writer, &out, placed, &err);
    for (size_t i = 0; good && i < 3; i++) {
        memset(bytes, (int)order[i] + 1, sizeof bytes);
        good = gguf_writer_write(&writer, order[i], bytes, 3, &err) &&
               gguf_writer_write(&writer, order[i], bytes, lens[order[i]] - 3, &err);
    }
    good = good && gguf_writer_finish(&writer, &err) && outfile_commit(&out, &err);
    if (!good) outfile_abandon(&out);
    gguf_writer_release(&writer);
    return good;
}

static void check_three(const char *path)
{
    const struct tensor *tensor;
    struct gguf gguf;

    if (!CHECK(gguf_open(&gguf, path, &err))) return;
    check_keys(&gguf);
    CHECK_INT(gguf.tensor_count, 3);
    tensor = gguf_tensor(&gguf, "zero");
    CHECK(tensor && tensor->rank == 2 && tensor->shape[0] == 2 && tensor->shape[1] == 10);
    CHECK(tensor && tensor->at[0] == 1 && tensor->at[39] == 1 && tensor->at[40] == 0);
    tensor = gguf_tensor(&gguf, "one");
    CHECK(tensor && tensor->at == gguf.tensors[0].at + 64 && tensor->at[33] == 2);
    tensor = gguf_tensor(&gguf, "two");
    CHECK(tensor && tensor->rank == 1 && tensor->at[3] == 3);
    CHECK_INT(gguf.file.len % 32, 0);
    CHECK(tensor && gguf.file.at + gguf.file.len == tensor->at + 32);
    gguf_close(&gguf);
}

TEST(any_order_gives_the_same_file)
{
    static const size_t forward[] = {0, 1, 2}, backward[] = {2, 0, 1};
    const char *a = files_path("a.gguf"), *b = files_path("b.gguf"), *c = files_path("c.gguf");
    size_t len[3];
    char *bytes[3];

    CHECK(write_three(a, forward, false) && write_three(b, backward, true));
    CHECK(write_three(c, forward, true));
    check_three(a);
    bytes[0] = files_read(a, &len[0]);
    bytes[1] = files_read(b, &len[1]);
    bytes[2] = files_read(c, &len[2]);
    for (int i = 1; i < 3; i++)
        CHECK(bytes[i] && len[i] == len[0] && memcmp(bytes[i], bytes[0], len[0]) == 0);
    for (int i = 0; i < 3; i++) mem_free(bytes[i]);
}

TEST(keys_alone_are_a_file)
{
    struct gguf_writer writer;
    struct buffer keys = {0};
    struct mapped file;
    struct gguf gguf;
    char path[] = "keys";

    gguf_writer_init(&writer);
    add_keys(&writer);
    gguf_writer_keys(&writer, &keys);
    file = (struct mapped){(const unsigned char *)keys.at, keys.len, path};
    if (CHECK(gguf_parse(&gguf, &file, &err))) {
        check_keys(&gguf);
        gguf_release(&gguf);
    }
    gguf_writer_release(&writer);
    buffer_release(&keys);
}

static void refuses(const struct tensor *tensor, const char *words)
{
    struct gguf_writer writer;

    gguf_writer_init(&writer);
    CHECK(!gguf_writer_declare(&writer, tensor, &err));
    CHECK_TEXT(err.text, words);
    gguf_writer_release(&writer);
}

TEST(what_no_file_can_hold_is_refused)
{
    struct tensor tensor = tensor_of("x", DTYPE_Q8_0, 2, 33);

    refuses(&tensor, "'x' has rows of 33 elements, which Q8_0 cannot hold");
    tensor = tensor_of("x", DTYPE_F32, 2, 0);
    refuses(&tensor, "'x' has no elements");
    tensor = tensor_of("x", DTYPE_F32, (uint64_t)1 << 40, (uint64_t)1 << 40);
    refuses(&tensor, "'x' has more elements than can be counted");
    tensor = tensor_of("", DTYPE_F32, 2, 2);
    refuses(&tensor, "'' has a name of 0 bytes, not 1 to 63");
    tensor = tensor_of("0123456789012345678901234567890123456789012345678901234567890123",
                       DTYPE_F32, 2, 2);
    CHECK(strlen("0123456789012345678901234567890123456789012345678901234567890123") == 64);
    refuses(&tensor,
            "'0123456789012345678901234567890123456789012345678901234567890123' has a name "
            "of 64 bytes, not 1 to 63");
    tensor = tensor_of("x", DTYPE_F32, 2, 2);
    tensor.rank = 5;
    refuses(&tensor, "'x' has 5 dimensions, not 1 to 4");
}

TEST(all_together_must_fit_too)
{
    struct tensor tensor = tensor_of("x", DTYPE_F32, (uint64_t)1 << 30, (uint64_t)1 << 30);
    struct gguf_writer writer;

    gguf_writer_init(&writer);
    CHECK(gguf_writer_declare(&writer, &tensor, &err));
    CHECK(!gguf_writer_declare(&writer, &tensor, &err));
    CHECK_TEXT(err.text, "more tensors than a file can hold");
    gguf_writer_release(&writer);
}

TEST(missing_bytes_are_told)
{
    const char *path = files_path("missing.gguf");
    struct gguf_writer writer;
    struct outfile out;
    char want[600];

    gguf_writer_init(&writer);
    declare(&writer, "a", DTYPE_F32, 0, 2);
    declare(&writer, "b", DTYPE_F32, 0, 2);
    CHECK(outfile_open(&out, path, &err) && gguf_writer_begin(&writer, &out, false, &err));
    CHECK(gguf_writer_write(&writer, 0, "01234567", 8, &err));
    CHECK(gguf_writer_write(&writer, 1, "0123456", 7, &err));
    CHECK(!gguf_writer_finish(&writer, &err));
    snprintf(want, sizeof want, "%s: 'b' and 0 more tensors are missing", path);
    CHECK_TEXT(err.text, want);
    outfile_abandon(&out);
    gguf_writer_release(&writer);
    CHECK(access(path, F_OK) != 0);
}

TEST(a_key_given_twice_is_found)
{
    const char *path = files_path("twice.gguf");
    struct gguf_writer writer;
    struct outfile out;

    gguf_writer_init(&writer);
    gguf_writer_u32(&writer, "a", 1);
    gguf_writer_u32(&writer, "a", 2);
    CHECK(outfile_open(&out, path, &err) && gguf_writer_begin(&writer, &out, false, &err));
    CHECK(!gguf_writer_finish(&writer, &err));
    CHECK(strstr(err.text, "the key 'a' stands twice") != NULL);
    outfile_abandon(&out);
    gguf_writer_release(&writer);
}

TEST(a_full_disk_is_told)
{
    struct gguf_writer writer;
    struct outfile out;

    gguf_writer_init(&writer);
    declare(&writer, "a", DTYPE_F32, 0, 2);
    CHECK(outfile_open(&out, "/dev/full", &err) && gguf_writer_begin(&writer, &out, false, &err));
    CHECK(gguf_writer_write(&writer, 0, "01234567", 8, &err));
    CHECK(!gguf_writer_finish(&writer, &err));
    CHECK_TEXT(err.text, "/dev/full: cannot write: No space left on device");
    outfile_abandon(&out);
    gguf_writer_release(&writer);
}

int main(void)
{
    RUN(any_order_gives_the_same_file);
    RUN(keys_alone_are_a_file);
    RUN(what_no_file_can_hold_is_refused);
    RUN(all_together_must_fit_too);
    RUN(missing_bytes_are_told);
    RUN(a_key_given_twice_is_found);
    RUN(a_full_disk_is_told);
    return check_end();
}
