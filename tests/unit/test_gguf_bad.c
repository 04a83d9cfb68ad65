/* GGUF files that must be refused, each with its line. */
#include "check.h"

#include "gguf/gguf.h"

#include "unit/files.h"
#include "unit/gguf_file.h"

#include <stdio.h>

#define KEYS(count) "GGUF 4:3 8:0 8:" #count " "
#define TENSORS(count) "GGUF 4:3 8:" #count " 8:0 "
#define ALIGNED(value) "GGUF 4:3 8:1 8:1 'general.alignment' " value " "

struct bad {
    const char *spec, *problem;
};

static void check_bad(const struct bad *bad, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct mapped file = gguf_file_of(bad[i].spec);
        struct gguf gguf;
        struct err err = {""};
        char want[600];

        snprintf(want, sizeof want, "x.gguf: %s", bad[i].problem);
        if (check_claim(!gguf_parse(&gguf, &file, &err), __FILE__, __LINE__, "%s", bad[i].spec))
            CHECK_TEXT(err.text, want);
        else
            gguf_release(&gguf);
        gguf_file_release(&file);
    }
}

#define CHECK_BAD(table) check_bad(table, sizeof(table) / sizeof *(table))

TEST(header)
{
    static const struct bad bad[] = {
        {"", "not a GGUF file: it does not begin with 'GGUF'"},
        {"1:71 1:71 1:85", "not a GGUF file: it does not begin with 'GGUF'"},
        {"4:0x46554748 4:3 8:0 8:0", "not a GGUF file: it does not begin with 'GGUF'"},
        {"GGUF 1:3", "the file ends within its header"},
        {"GGUF 4:0 8:0 8:0", "GGUF version 0 is not supported, only 2 and 3 are"},
        {"GGUF 4:1 8:0 8:0", "GGUF version 1 is not supported, only 2 and 3 are"},
        {"GGUF 4:4 8:0 8:0", "GGUF version 4 is not supported, only 2 and 3 are"},
        {"GGUF 4:0x03000000 8:0 8:0",
         "a GGUF file of a big-endian machine, which is not supported"},
        {"GGUF 4:3 8:0 4:0", "the file ends within its header"},
        {"GGUF 4:3 8:-1 8:0",
         "the header counts 18446744073709551615 tensors, more than the file holds"},
        {"GGUF 4:3 8:0 8:-1",
         "the header counts 18446744073709551615 keys, more than the file holds"},
        {KEYS(2) "zeros:27", "the header counts 2 keys, more than the file holds"},
        {TENSORS(2) "zeros:49", "the header counts 2 tensors, more than the file holds"},
    };

    CHECK_BAD(bad);
}

TEST(keys)
{
    static const struct bad bad[] = {
        {KEYS(1) "8:-1 zeros:9", "the file ends within key 1 of 1"},
        {KEYS(1) "8:7 zeros:6", "the file ends within key 1 of 1"},
        {KEYS(2) "'a' 4:0 1:1 8:7 zeros:6", "the file ends within key 2 of 2"},
        {KEYS(1) "8:0 4:4 4:1", "key 1 is empty"},
        {KEYS(1) "8:65536 zeros:65536 4:4 4:1", "key 1 has 65536 bytes, more than 65535"},
        {KEYS(2) "'a' 4:4 4:1 'a' 4:4 4:1", "the key 'a' stands twice"},
        {KEYS(3) "'b' 4:4 4:1 'a' 4:4 4:1 'b' 4:0 1:1", "the key 'b' stands twice"},
    };

    CHECK_BAD(bad);
}

TEST(values)
{
    static const struct bad bad[] = {
        {KEYS(1) "'abc' 1:0 1:0 1:0", "the file ends within the value of 'abc'"},
        {KEYS(1) "'a' 4:13 zeros:9", "'a' has a value of the unknown type 13"},
        {KEYS(1) "'a' 4:-1 zeros:9", "'a' has a value of the unknown type 4294967295"},
        {KEYS(1) "'a' 4:4 1:1 1:1", "the file ends within the value of 'a'"},
        {KEYS(1) "'a' 4:12 4:1", "the file ends within the value of 'a'"},
        {KEYS(1) "'a' 4:8 4:1", "the file ends within the value of 'a'"},
        {KEYS(1) "'a' 4:8 8:5 4:1", "the file ends within the value of 'a'"},
        {KEYS(1) "'a' 4:8 8:-1 4:1", "the file ends within the value of 'a'"},
        {KEYS(1) "'a' 4:9 1:4", "the file ends within the value of 'a'"},
        {KEYS(1) "'a' 4:9 4:4 4:4", "the file ends within the value of 'a'"},
        {KEYS(1) "'a' 4:9 4:9 8:1 4:4 8:1 4:1", "'a' is an array of arrays"},
        {KEYS(1) "'a' 4:9 4:13 8:0", "'a' has a value of the unknown type 13"},
        {KEYS(1) "'a' 4:9 4:4 8:3 zeros:11", "'a' has 3 elements, more than the file holds"},
        {KEYS(1) "'a' 4:9 4:0 8:-1 zeros:11",
         "'a' has 18446744073709551615 elements, more than the file holds"},
        {KEYS(1) "'a' 4:9 4:10 8:0x2000000000000001 zeros:11",
         "'a' has 2305843009213693953 elements, more than the file holds"},
        {KEYS(1) "'a' 4:9 4:8 8:2 zeros:15", "'a' has 2 elements, more than the file holds"},
        {KEYS(1) "'a' 4:9 4:8 8:2 'b' 8:7 zeros:6", "the file ends within the value of 'a'"},
        {KEYS(1) "'a' 4:9 4:8 8:2 8:-8 zeros:16", "the file ends within the value of 'a'"},
    };

    CHECK_BAD(bad);
}

TEST(alignment)
{
    static const struct bad bad[] = {
        {ALIGNED("4:5 4:32") "zeros:25", "'general.alignment' is i32, not u32"},
        {ALIGNED("4:10 8:32") "zeros:25", "'general.alignment' is u64, not u32"},
        {ALIGNED("4:9 4:4 8:1 4:32") "zeros:25", "'general.alignment' is array, not u32"},
        {ALIGNED("4:4 4:0") "zeros:25", "'general.alignment' is 0, not a power of two up to 65536"},
        {ALIGNED("4:4 4:3") "zeros:25", "'general.alignment' is 3, not a power of two up to 65536"},
        {ALIGNED("4:4 4:131072") "zeros:25",
         "'general.alignment' is 131072, not a power of two up to 65536"},
        {ALIGNED("4:4 4:0x80000000") "zeros:25",
         "'general.alignment' is 2147483648, not a power of two up to 65536"},
        {ALIGNED("4:4 4:65536") "'t' 4:1 8:1 4:24 8:0 zeros:99",
         "the file ends before the data of tensor 't' does"},
    };

    CHECK_BAD(bad);
}

TEST(tensor_heads)
{
    static const struct bad bad[] = {
        {TENSORS(1) "8:99 zeros:25", "the file ends within the name of tensor 1"},
        {TENSORS(1) "8:-1 zeros:25", "the file ends within the name of tensor 1"},
        {TENSORS(1) "8:0 zeros:25", "tensor 1 has no name"},
        {TENSORS(1) "8:64 zeros:99", "the name of tensor 1 has 64 bytes, more than 63"},
        {TENSORS(1) "'twentyfive bytes and more'",
         "the file ends within what it says of tensor 'twentyfive bytes and more'"},
        {TENSORS(1) "'t' 4:5 zeros:99", "tensor 't' has 5 dimensions, more than 4"},
        {TENSORS(1) "'t' 4:-1 zeros:99", "tensor 't' has 4294967295 dimensions, more than 4"},
        {TENSORS(1) "'t' 4:4 8:1 8:1", "the file ends within what it says of tensor 't'"},
        {TENSORS(1) "'t' 4:1 8:1 4:0", "the file ends within what it says of tensor 't'"},
        {TENSORS(1) "'t' 4:1 8:1 4:0 4:0", "the file ends within what it says of tensor 't'"},
        {TENSORS(1) "'t' 4:2 8:4 8:0 4:0 8:0", "tensor 't' has an extent of 0"},
        {TENSORS(1) "'t' 4:1 8:-4 4:0 8:0", "tensor 't' has an extent of -4"},
        {TENSORS(1) "'t' 4:2 8:0x100000000 8:0x80000000 4:24 8:0",
         "tensor 't' has more elements than can be counted"},
        {TENSORS(1) "'t' 4:3 8:0x7fffffffffffffff 8:0x7fffffffffffffff 8:4 4:24 8:0",
         "tensor 't' has more elements than can be counted"},
        {TENSORS(1) "'t' 4:1 8:0x4000000000000000 4:0 8:0",
         "tensor 't' has more bytes than can be counted"},
        {TENSORS(1) "'t' 4:1 8:256 4:16 8:0",
         "tensor 't' is in the format IQ2_XXS, which is not supported"},
        {TENSORS(1) "'t' 4:1 8:256 4:9 8:0",
         "tensor 't' is in the format Q8_1, which is not supported"},
        {TENSORS(1) "'t' 4:1 8:256 4:4 8:0", "tensor 't' is in an unknown format, number 4"},
        {TENSORS(1) "'t' 4:1 8:256 4:43 8:0", "tensor 't' is in an unknown format, number 43"},
        {TENSORS(1) "'t' 4:1 8:256 4:-1 8:0", "tensor 't' is in an unknown format, number -1"},
        {TENSORS(1) "'t' 4:2 8:255 8:256 4:12 8:0",
         "the rows of tensor 't' have 255 elements, no whole blocks of Q4_K"},
        {TENSORS(1) "'t' 4:0 4:8 8:0",
         "the rows of tensor 't' have 1 elements, no whole blocks of Q8_0"},
        {TENSORS(2) "'t' 4:1 8:1 4:24 8:0 't' 4:1 8:1 4:24 8:32 zeros:99",
         "the tensor 't' stands twice"},
    };

    CHECK_BAD(bad);
}

TEST(tensor_places)
{
    static const struct bad bad[] = {
        {TENSORS(1) "'t' 4:1 8:8 4:0 8:0 pad:32 zeros:31",
         "the file ends before the data of tensor 't' does"},
        {TENSORS(1) "'t' 4:1 8:8 4:0 8:0", "the file ends before the data of tensor 't' does"},
        {TENSORS(1) "'t' 4:1 8:8 4:0 8:32 pad:32 zeros:63",
         "the file ends before the data of tensor 't' does"},
        {TENSORS(1) "'t' 4:1 8:8 4:0 8:0xffffffffffffffe0 pad:32 zeros:64",
         "the file ends before the data of tensor 't' does"},
        {TENSORS(1) "'t' 4:1 8:8 4:0 8:0x8000000000000000 pad:32 zeros:64",
         "the file ends before the data of tensor 't' does"},
        {TENSORS(1) "'t' 4:1 8:8 4:0 8:16 pad:32 zeros:64",
         "tensor 't' is at 16, no multiple of the alignment 32"},
        {TENSORS(2) "'a' 4:1 8:9 4:0 8:0 'b' 4:1 8:8 4:0 8:32 pad:32 zeros:64",
         "the tensors 'a' and 'b' overlap"},
        {TENSORS(2) "'a' 4:1 8:1 4:0 8:32 'b' 4:1 8:9 4:0 8:0 pad:32 zeros:64",
         "the tensors 'b' and 'a' overlap"},
    };

    CHECK_BAD(bad);
}

/* However much of a file is there, nothing beyond it is read, and only all of it will do. */
TEST(every_cut)
{
    static const char spec[] =
        "GGUF 4:3 8:2 8:4 'general.architecture' 4:8 'llama' 'words' 4:9 4:8 8:3 'a' '' 'bcd'"
        "'floats' 4:9 4:6 8:2 4:1 4:2 'n' 4:4 4:7"
        "'a' 4:2 8:4 8:2 4:0 8:0 'b' 4:1 8:32 4:8 8:32 pad:32 zeros:32 zeros:34";
    struct mapped whole = gguf_file_of(spec);
    struct gguf gguf;
    struct err err;
    uint64_t taken = 0;

    CHECK(gguf_parse(&gguf, &whole, &err));
    gguf_release(&gguf);
    for (uint64_t len = 0; len < whole.len; len++) {
        struct mapped cut = gguf_file_copy(whole.at, len);

        if (gguf_parse(&gguf, &cut, &err)) taken++;
        gguf_release(&gguf);
        gguf_file_release(&cut);
    }
    CHECK_INT(taken, 0);
    gguf_file_release(&whole);
}

TEST(files)
{
    struct gguf gguf;
    struct err err;
    char want[300];
    const char *empty = files_text("empty.gguf", ""), *gone = files_path("gone.gguf");

    CHECK(!gguf_open(&gguf, empty, &err));
    snprintf(want, sizeof want, "%s: not a GGUF file: it does not begin with 'GGUF'", empty);
    CHECK_TEXT(err.text, want);
    gguf_close(&gguf);
    CHECK(!gguf_open(&gguf, gone, &err));
    snprintf(want, sizeof want, "%s: No such file or directory", gone);
    CHECK_TEXT(err.text, want);
    gguf_close(&gguf);
    CHECK(!gguf_open(&gguf, "/", &err));
    CHECK_TEXT(err.text, "/: not a regular file");
}

/* A name may hold anything and be long: the message stays one line that tells what is wrong. */
TEST(long_names)
{
    struct buffer spec = {0};
    struct mapped file;
    struct gguf gguf;
    struct err err;

    buffer_text(&spec, KEYS(1) "'");
    for (int i = 0; i < 5000; i++) buffer_byte(&spec, 'k');
    buffer_text(&spec, "' 4:13 zeros:9");
    buffer_byte(&spec, '\0');
    file = gguf_file_of(spec.at);
    CHECK(!gguf_parse(&gguf, &file, &err));
    CHECK_INT(strlen(err.text), 8 + 82 + strlen(" has a value of the unknown type 13"));
    gguf_file_release(&file);
    buffer_release(&spec);
}

int main(void)
{
    RUN(header);
    RUN(keys);
    RUN(values);
    RUN(alignment);
    RUN(tensor_heads);
    RUN(tensor_places);
    RUN(every_cut);
    RUN(files);
    RUN(long_names);
    return check_end();
}
