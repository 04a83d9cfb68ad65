#include "check.h"

#include "gguf/gguf.h"
#include "tensor/floats.h"

#include "unit/files.h"
#include "unit/gguf_file.h"

#include <stdlib.h>

static const char *golden(void)
{
    static char path[4096];
    const char *root = getenv("SRC");

    snprintf(path, sizeof path, "%s/tests/golden/gguf/small.gguf", root ? root : ".");
    return path;
}

static bool text_equals(struct text text, const char *want)
{
    return text_is(text, want) || check_claim(false, __FILE__, __LINE__, "got '%.*s', want '%s'",
                                              (int)text.len, text.at, want);
}

TEST(values)
{
    struct gguf gguf;
    struct err err;
    struct text text;
    uint32_t whole = 0;
    float number = 0;
    bool yes = false, no = true;

    CHECK(gguf_open(&gguf, golden(), &err));
    CHECK(gguf_u32(&gguf, "n.u32", &whole, &err) == 1 && whole == 4000000000);
    CHECK(gguf_f32(&gguf, "n.f32", &number, &err) == 1 && number == 0.1F);
    CHECK(gguf_bool(&gguf, "n.yes", &yes, &err) == 1 && yes);
    CHECK(gguf_bool(&gguf, "n.no", &no, &err) == 1 && !no);
    CHECK(gguf_text(&gguf, "n.text", &text, &err) == 1 && text_equals(text, "Grüße"));
    CHECK(gguf_text(&gguf, "general.architecture", &text, &err) == 1 && text_equals(text, "llama"));
    CHECK_INT(gguf.alignment, 64);
    CHECK_INT(gguf.pair_count, 18);
    CHECK(text_equals(gguf.pairs[0].key, "general.architecture"));
    CHECK(text_equals(gguf.pairs[17].key, "a.i32"));
    gguf_close(&gguf);
}

TEST(every_type)
{
    static const struct {
        const char *key;
        enum gguf_type type;
        uint64_t bits;
    } cases[] = {
        {"n.u8", GGUF_U8, 200},
        {"n.i8", GGUF_I8, (uint8_t)-100},
        {"n.u16", GGUF_U16, 60000},
        {"n.i16", GGUF_I16, (uint16_t)-30000},
        {"n.u32", GGUF_U32, 4000000000},
        {"n.i32", GGUF_I32, (uint32_t)-2000000000},
        {"n.f32", GGUF_F32, 0x3dcccccd},
        {"n.yes", GGUF_BOOL, 1},
        {"n.f64", GGUF_F64, 0x3fb999999999999a},
        {"n.u64", GGUF_U64, UINT64_C(1) << 63},
        {"n.i64", GGUF_I64, (uint64_t) - (INT64_C(1) << 62)},
    };
    struct gguf gguf;
    struct err err;

    CHECK(gguf_open(&gguf, golden(), &err));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct gguf_value *value = gguf_find(&gguf, cases[i].key);
        unsigned char bytes[8] = {0};

        CHECK(value != NULL);
        if (!value) break;
        CHECK(value->type == cases[i].type && value->element == value->type && value->count == 1);
        CHECK_INT(value->end - value->at, gguf_type_bytes(value->type));
        memcpy(bytes, value->at, gguf_type_bytes(value->type));
        CHECK_INT(load_u64(bytes), cases[i].bits);
    }
    gguf_close(&gguf);
}

TEST(arrays)
{
    static const char *const words[] = {"<s>", "▁a", "", "é", "end"};
    static const float floats[] = {-0.5F, 1.5F, 1000.0F};
    static const int32_t numbers[] = {1, -2, 3, 6};
    struct gguf_value array, again;
    struct gguf gguf;
    struct err err;
    struct text text;
    float number;
    int32_t whole;

    CHECK(gguf_open(&gguf, golden(), &err));
    CHECK(gguf_array(&gguf, "a.text", GGUF_TEXT, &array, &err) == 1 && array.count == 5);
    again = array;
    for (int i = 0; i < 5; i++) CHECK(gguf_next_text(&array, &text) && text_equals(text, words[i]));
    CHECK(!gguf_next_text(&array, &text) && array.count == 0);
    CHECK(gguf_next_text(&again, &text) && text_equals(text, words[0]) && again.count == 4);
    CHECK(gguf_array(&gguf, "a.f32", GGUF_F32, &array, &err) == 1 && array.count == 3);
    for (int i = 0; i < 3; i++) CHECK(gguf_next_f32(&array, &number) && number == floats[i]);
    CHECK(!gguf_next_f32(&array, &number));
    CHECK(gguf_array(&gguf, "a.i32", GGUF_I32, &array, &err) == 1 && array.count == 4);
    for (int i = 0; i < 4; i++) CHECK(gguf_next_i32(&array, &whole) && whole == numbers[i]);
    CHECK(!gguf_next_i32(&array, &whole));
    gguf_close(&gguf);
}

TEST(missing_and_of_another_type)
{
    struct mapped file =
        gguf_file_of("GGUF 4:3 8:0 8:5 'n' 4:5 4:7 'empty' 4:8 '' 'list' 4:9 4:6 8:0"
                     "'flag' 4:7 1:2  'text' 4:8 'abc'");
    struct gguf_value array;
    struct gguf gguf;
    struct err err;
    struct text text;
    uint32_t whole = 5;
    float number;
    bool flag;

    CHECK(gguf_parse(&gguf, &file, &err));
    CHECK_INT(gguf_u32(&gguf, "gone", &whole, &err), 0);
    CHECK_INT(whole, 5);
    CHECK_TEXT(err.text, "x.gguf: there is no 'gone'");
    CHECK_INT(gguf_array(&gguf, "gone", GGUF_TEXT, &array, &err), 0);
    CHECK_TEXT(err.text, "x.gguf: there is no 'gone'");
    CHECK_INT(gguf_u32(&gguf, "n", &whole, &err), -1);
    CHECK_TEXT(err.text, "x.gguf: 'n' is i32, not u32");
    CHECK_INT(gguf_f32(&gguf, "list", &number, &err), -1);
    CHECK_TEXT(err.text, "x.gguf: 'list' is an array of f32, not f32");
    CHECK_INT(gguf_text(&gguf, "n", &text, &err), -1);
    CHECK_TEXT(err.text, "x.gguf: 'n' is i32, not text");
    CHECK_INT(gguf_bool(&gguf, "text", &flag, &err), -1);
    CHECK_TEXT(err.text, "x.gguf: 'text' is text, not bool");
    CHECK_INT(gguf_bool(&gguf, "flag", &flag, &err), -1);
    CHECK_TEXT(err.text, "x.gguf: 'flag' is a bool of the value 2");
    CHECK_INT(gguf_array(&gguf, "text", GGUF_TEXT, &array, &err), -1);
    CHECK_TEXT(err.text, "x.gguf: 'text' is text, not an array of text");
    CHECK_INT(gguf_array(&gguf, "list", GGUF_I32, &array, &err), -1);
    CHECK_TEXT(err.text, "x.gguf: 'list' is an array of f32, not an array of i32");
    CHECK(gguf_text(&gguf, "empty", &text, &err) == 1 && text.len == 0);
    CHECK(!gguf_find(&gguf, "gone") && !gguf_tensor(&gguf, "n"));
    gguf_release(&gguf);
    gguf_file_release(&file);
}

struct expected {
    const char *name;
    enum dtype dtype;
    unsigned rank;
    uint64_t shape[3];
    uint32_t bits[4]; /* of the first three elements and of the last */
};

static void check_tensor(const struct gguf *gguf, const struct expected *want)
{
    const struct tensor *tensor = gguf_tensor(gguf, want->name);
    float floats[1024];
    uint64_t count = 1;

    CHECK(tensor != NULL);
    if (!tensor) return;
    CHECK(tensor->dtype == want->dtype && tensor->rank == want->rank);
    for (unsigned i = 0; i < want->rank; i++) {
        CHECK_INT(tensor->shape[i], want->shape[i]);
        count *= want->shape[i];
    }
    dtype_info(tensor->dtype)->to_f32(tensor->at, floats, count);
    for (size_t i = 0; i < 4; i++)
        CHECK_INT(bits_of_float(floats[i < 3 ? i : count - 1]), want->bits[i]);
}

TEST(tensors)
{
    static const struct expected want[] = {
        {"vector", DTYPE_F32, 1, {7}, {0, 0x3f800000, 0x40000000, 0x40c00000}},
        {"cube", DTYPE_F32, 3, {2, 3, 4}, {0, 0x3f800000, 0x40000000, 0x41b80000}},
        {"f32.weight", DTYPE_F32, 2, {3, 256}, {0xbf4d4b61, 0xbfa98498, 0xbe7e5282, 0xbf477fa1}},
        {"f16.weight", DTYPE_F16, 2, {3, 256}, {0xbf686000, 0x3e388000, 0x3fa38000, 0xbf25c000}},
        {"bf16.weight", DTYPE_BF16, 2, {3, 256}, {0x401c0000, 0x3fb60000, 0xbfdd0000, 0xbcfd0000}},
        {"q4_0.weight", DTYPE_Q4_0, 2, {3, 256}, {0x3f038000, 0x3f038000, 0xbf838000, 0xbece0000}},
        {"q4_1.weight", DTYPE_Q4_1, 2, {3, 256}, {0x3f37a000, 0xbdd00000, 0xbf6ba000, 0x3bb00000}},
        {"q5_0.weight", DTYPE_Q5_0, 2, {3, 256}, {0xbf974400, 0xbeace000, 0x3e2ce000, 0x3e398000}},
        {"q5_1.weight", DTYPE_Q5_1, 2, {3, 256}, {0xbf54c000, 0x3fa5c000, 0xbfcb9000, 0x3f675000}},
        {"q8_0.weight", DTYPE_Q8_0, 2, {3, 256}, {0x3f269000, 0x4000fc00, 0xbfd54800, 0xbf105200}},
        {"tq1_0.weight", DTYPE_TQ1_0, 2, {3, 256}, {0}},
        {"tq2_0.weight", DTYPE_TQ2_0, 2, {3, 256}, {0}},
    };
    struct gguf gguf;
    struct err err;

    CHECK(gguf_open(&gguf, golden(), &err));
    CHECK_INT(gguf.tensor_count, 12);
    for (size_t i = 0; i < 12; i++) {
        check_tensor(&gguf, &want[i]);
        CHECK(text_equals(gguf.tensors[i].name, want[i].name));
    }
    CHECK(!gguf_tensor(&gguf, "cub") && !gguf_tensor(&gguf, "cubes"));
    gguf_close(&gguf);
}

/* Files that llama.cpp's own writer would not make, and that hold all they say. */
TEST(lenient)
{
    static const char *const specs[] = {
        "GGUF 4:3 8:0 8:0",
        "GGUF 4:2 8:0 8:0",
        "GGUF 4:3 8:1 8:0 't' 4:0 4:0 8:0 pad:32 4:1",                  /* one number, no extents */
        "GGUF 4:3 8:1 8:0 't' 4:1 8:2 4:0 8:64 pad:32 zeros:72",        /* a gap before it */
        "GGUF 4:3 8:1 8:0 't' 4:1 8:2 4:0 8:0 pad:32 zeros:8 zeros:99", /* bytes after it */
        "GGUF 4:3 8:2 8:0 'a' 4:1 8:8 4:0 8:32 'b' 4:1 8:8 4:0 8:0 pad:32 zeros:64",
        "GGUF 4:3 8:1 8:1 'general.alignment' 4:4 4:1 't' 4:1 8:1 4:24 8:3 zeros:4",
    };
    struct gguf gguf;
    struct err err;

    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        struct mapped file = gguf_file_of(specs[i]);

        if (check_claim(gguf_parse(&gguf, &file, &err), __FILE__, __LINE__, "%s", specs[i]))
            gguf_release(&gguf);
        gguf_file_release(&file);
    }
}

TEST(shape_is_turned)
{
    struct mapped file =
        gguf_file_of("GGUF 4:3 8:1 8:0 't' 4:4 8:2 8:3 8:1 8:5 4:24 8:0 pad:32 zeros:30");
    struct gguf gguf;
    struct err err;
    const struct tensor *tensor;

    CHECK(gguf_parse(&gguf, &file, &err));
    tensor = gguf_tensor(&gguf, "t");
    CHECK(tensor && tensor->rank == 4 && tensor->bytes == 30 && tensor->at == file.at + 96);
    if (tensor) CHECK(tensor->shape[0] == 5 && tensor->shape[1] == 1);
    if (tensor) CHECK(tensor->shape[2] == 3 && tensor->shape[3] == 2);
    gguf_release(&gguf);
    gguf_file_release(&file);
}

int main(void)
{
    RUN(values);
    RUN(every_type);
    RUN(arrays);
    RUN(missing_and_of_another_type);
    RUN(tensors);
    RUN(lenient);
    RUN(shape_is_turned);
    return check_end();
}
