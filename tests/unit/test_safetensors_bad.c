/* Safetensors files that are refused: mapped and as a stream alike. */
#include "safetensors/safetensors.h"

#include "check.h"
#include "unit/files.h"
#include "unit/weights.h"

#include <sys/stat.h>

static struct err err;

static void check_words(const char *path, const char *want)
{
    size_t len = strlen(path);

    if (CHECK(strncmp(err.text, path, len) == 0 && strncmp(err.text + len, ": ", 2) == 0))
        CHECK_TEXT(err.text + len + 2, want);
}

static void refuse_both(const char *path, const char *mapped, const char *streamed)
{
    struct safetensors weights;

    CHECK(!safetensors_open(&weights, path, &err) && !weights.file.at && !weights.header.tensors);
    check_words(path, mapped);
    CHECK(!weights_drain(path, &err));
    check_words(path, streamed);
}

#define TEN_EIGHTS "88888888888888888888"

/* What is wrong in the header itself. The text begins at byte 9 of the file. */
static const struct {
    const char *header;
    const char *words;
} bad_headers[] = {
    /* JSON */
    {"[]", "the header does not begin with '{'"},
    {" {}", "the header does not begin with '{'"},
    {"\xef\xbb\xbf{}", "the header does not begin with '{'"},
    {"\xff", "the header does not begin with '{'"},
    {"null", "the header does not begin with '{'"},
    {"{", "byte 10: the text ends too early"},
    {"{\"", "byte 11: the text ends inside a string"},
    {"{\"x", "byte 12: the text ends inside a string"},
    {"{\"x\"", "byte 13: the text ends too early"},
    {"{\"x\":", "'x': its entry is not an object"},
    {"{x:1}", "byte 10: no '\"' where one must stand"},
    {"{1:1}", "byte 10: no '\"' where one must stand"},
    {"{'x':1}", "byte 10: no '\"' where one must stand"},
    {"{\"x\" 1}", "byte 14: no ':' where one must stand"},
    {"{,}", "byte 10: no '\"' where one must stand"},
    {"{}\n", "byte 11: no space behind the header"},
    {"{} {}", "byte 12: no space behind the header"},
    {"{}}", "byte 11: no space behind the header"},
    {"{}x", "byte 11: no space behind the header"},
    {X("0", "0,0") "PK", "byte 62: no space behind the header"},
    {"{" ENTRY("x", "U8", "0", "0,0") ",}", "byte 62: no '\"' where one must stand"},
    {"{" ENTRY("x", "U8", "0", "0,0") "]", "byte 61: neither ',' nor '}'"},
    {"{" ENTRY("x", "U8", "0", "0,0"), "byte 61: the text ends too early"},
    {"{" ENTRY("\xff", "U8", "0", "0,0") "}", "byte 11: bytes that are not UTF-8"},
    {"{" ENTRY("\xc0\x80", "U8", "0", "0,0") "}", "byte 11: bytes that are not UTF-8"},
    {"{" ENTRY("\xed\xa0\x80", "U8", "0", "0,0") "}", "byte 11: bytes that are not UTF-8"},
    {"{" ENTRY("\xf4\x90\x80\x80", "U8", "0", "0,0") "}", "byte 11: bytes that are not UTF-8"},
    {"{\"\xe2\x82", "byte 11: bytes that are not UTF-8"},
    {"{" ENTRY("a\nb", "U8", "0", "0,0") "}", "byte 12: a control character"},
    {"{" ENTRY("\\x", "U8", "0", "0,0") "}", "byte 11: an escape that JSON does not have"},
    {"{" ENTRY("\\u12g4", "U8", "0", "0,0") "}", "byte 11: an escape that JSON does not have"},
    {"{" ENTRY("\\ud800", "U8", "0", "0,0") "}", "byte 11: an escape that JSON does not have"},
    {"{" ENTRY("\\udc00", "U8", "0", "0,0") "}", "byte 11: an escape that JSON does not have"},
    {"{" ENTRY("\\ud800\\u0041", "U8", "0", "0,0") "}",
     "byte 11: an escape that JSON does not have"},
    {"{\"\\", "byte 11: an escape that JSON does not have"},
    {"{\"\\u00", "byte 11: an escape that JSON does not have"},
    /* names */
    {"{" ENTRY("x", "U8", "1", "0,1") "," ENTRY("x", "U8", "1", "1,2") "}",
     "'x': two tensors of this name"},
    {"{" ENTRY("x", "U8", "1", "0,1") "," ENTRY("\\u0078", "U8", "1", "1,2") "}",
     "'x': two tensors of this name"},
    {"{" ENTRY("x", "U8", "4", "0,4") "," ENTRY("x", "F32", "1", "0,4") "}",
     "'x': two tensors of this name"},
    {"{" ENTRY("a\\u0000b", "U8", "0", "0,0") "}", "'a': a name with a NUL in it"},
    /* entries */
    {"{\"x\":1}", "'x': its entry is not an object"},
    {"{\"x\":[]}", "'x': its entry is not an object"},
    {"{\"x\":null}", "'x': its entry is not an object"},
    {"{\"x\":{}}", "'x': 'dtype' is missing"},
    {"{\"x\":{\"dtype\":\"U8\"}}", "'x': 'shape' is missing"},
    {"{\"x\":{\"dtype\":\"U8\",\"shape\":[]}}", "'x': 'data_offsets' is missing"},
    {"{\"x\":{\"data_offsets\":[0,0],\"shape\":[]}}", "'x': 'dtype' is missing"},
    {"{\"x\":{\"dtype\":\"U8\",\"dtype\":\"U8\"}}", "'x': 'dtype' stands twice"},
    {"{\"x\":{\"shape\":[],\"shape\":[]}}", "'x': 'shape' stands twice"},
    {"{\"x\":{\"data_offsets\":[0,1],\"data_offsets\":[0,1]}}", "'x': 'data_offsets' stands twice"},
    {"{\"x\":{\"dtype\":\"U8\",\"strides\":[1]}}", "'x': unknown member 'strides'"},
    {"{\"x\":{\"Dtype\":\"U8\"}}", "'x': unknown member 'Dtype'"},
    {"{\"x\":{\"\":0}}", "'x': unknown member ''"},
    {"{\"x\":{\"dtype\":\"U8\";}}", "'x': byte 27: neither ',' nor '}'"},
    /* dtypes */
    {"{\"x\":{\"dtype\":8}}", "'x': 'dtype' is not a string"},
    {"{\"x\":{\"dtype\":null}}", "'x': 'dtype' is not a string"},
    {"{" ENTRY("x", "u8", "", "0,1") "}", "'x': dtype 'u8' is none that is read here"},
    {"{" ENTRY("x", "", "", "0,1") "}", "'x': dtype '' is none that is read here"},
    {"{" ENTRY("x", "F8_E4M3", "", "0,1") "}", "'x': dtype 'F8_E4M3' is none that is read here"},
    {"{" ENTRY("x", "Q4_0", "32", "0,18") "}", "'x': dtype 'Q4_0' is none that is read here"},
    {"{" ENTRY("x", "F32\\u0000", "", "0,4") "}", "'x': dtype 'F32' is none that is read here"},
    /* shapes */
    {"{\"x\":{\"shape\":1}}", "'x': 'shape' is not an array"},
    {"{\"x\":{\"shape\":\"1\"}}", "'x': 'shape' is not an array"},
    {"{\"x\":{\"shape\":[1", "'x': 'shape': byte 25: the text ends too early"},
    {"{\"x\":{\"shape\":[1,", "'x': 'shape': byte 26: not a whole number"},
    {X("-1", "0,1"), "'x': 'shape': byte 37: not a whole number"},
    {X("1.0", "0,1"), "'x': 'shape': byte 38: not a whole number"},
    {X("1e0", "0,1"), "'x': 'shape': byte 38: not a whole number"},
    {X("1.5", "0,1"), "'x': 'shape': byte 38: not a whole number"},
    {X("+1", "0,1"), "'x': 'shape': byte 37: not a whole number"},
    {X("01", "0,1"), "'x': 'shape': byte 39: a number with a leading zero"},
    {X("\"1\"", "0,1"), "'x': 'shape': byte 37: not a whole number"},
    {X("null", "0,1"), "'x': 'shape': byte 37: not a whole number"},
    {X("1,", "0,1"), "'x': 'shape': byte 39: not a whole number"},
    {X("1 1", "0,1"), "'x': 'shape': byte 39: neither ',' nor ']'"},
    {X("[1]", "0,1"), "'x': 'shape': byte 37: not a whole number"},
    {X(TEN_EIGHTS, "0,1"), "'x': 'shape': byte 56: a number beyond 64 bits"},
    {X("18446744073709551616", "0,1"), "'x': 'shape': byte 56: a number beyond 64 bits"},
    {X("18446744073709551615", "0,1"),
     "'x': 'shape' has an extent of 18446744073709551615, more than 2^48"},
    {X("281474976710657", "0,1"), "'x': 'shape' has an extent of 281474976710657, more than 2^48"},
    {X("1,1,1,1,1,1,1,1,1", "0,1"), "'x': 'shape' has more than 8 dimensions"},
    {X("281474976710656,281474976710656", "0,1"), "'x': its shape has too many elements"},
    {X("4194305,4194305,211106198978564", "0,4"), "'x': its shape has too many elements"},
    {"{" ENTRY("x", "F64", "4294967296,4294967295", "0,8") "}",
     "'x': its shape has too many bytes"},
    /* offsets */
    {"{\"x\":{\"data_offsets\":0}}", "'x': 'data_offsets' is not an array"},
    {X("", ""), "'x': 'data_offsets' are not two"},
    {X("", "0"), "'x': 'data_offsets' are not two"},
    {X("", "0,1,2"), "'x': 'data_offsets' are not two"},
    {X("", "1,0"), "'x': 'data_offsets' end before they begin"},
    {X("", "-1,0"), "'x': 'data_offsets': byte 55: not a whole number"},
    {X("", "0,1.0"), "'x': 'data_offsets': byte 58: not a whole number"},
    {X("", "0,18446744073709551616"), "'x': 'data_offsets': byte 76: a number beyond 64 bits"},
    {X("", "0;1"), "'x': 'data_offsets': byte 56: neither ',' nor ']'"},
    {X("1", "0,2"), "'x': 1 bytes by its shape, 2 by its offsets"},
    {X("2", "0,1"), "'x': 2 bytes by its shape, 1 by its offsets"},
    {X("", "0,0"), "'x': 1 bytes by its shape, 0 by its offsets"},
    {X("", "0,18446744073709551615"),
     "'x': 1 bytes by its shape, 18446744073709551615 by its offsets"},
    {"{" ENTRY("x", "I32", "2,2", "0,4") "}", "'x': 16 bytes by its shape, 4 by its offsets"},
    {X("1", "1,2"), "'x': the 1 bytes before it belong to no tensor"},
    {X("1", "18446744073709551614,18446744073709551615"),
     "'x': the 18446744073709551614 bytes before it belong to no tensor"},
    {X("0", "1,1"), "'x': the 1 bytes before it belong to no tensor"},
    {"{" ENTRY("x", "U8", "2", "0,2") "," ENTRY("y", "U8", "2", "3,5") "}",
     "'y': the 1 bytes before it belong to no tensor"},
    {"{" ENTRY("y", "U8", "2", "3,5") "," ENTRY("x", "U8", "2", "0,2") "}",
     "'y': the 1 bytes before it belong to no tensor"},
    {"{" ENTRY("x", "U8", "2", "0,2") "," ENTRY("y", "U8", "2", "1,3") "}",
     "'y': begins 1 bytes before the end of 'x'"},
    {"{" ENTRY("x", "U8", "2", "0,2") "," ENTRY("y", "U8", "2", "0,2") "}",
     "'y': begins 2 bytes before the end of 'x'"},
    {"{" ENTRY("x", "U8", "4", "0,4") "," ENTRY("y", "U8", "0", "2,2") "}",
     "'y': begins 2 bytes before the end of 'x'"},
    /* metadata */
    {"{\"__metadata__\":1}", "'__metadata__': is not an object"},
    {"{\"__metadata__\":null}", "'__metadata__': is not an object"},
    {"{\"__metadata__\":{\"a\":1}}", "'__metadata__': 'a' is not a string"},
    {"{\"__metadata__\":{\"a\":{}}}", "'__metadata__': 'a' is not a string"},
    {"{\"__metadata__\":{\"a\":\"b\",}}", "'__metadata__': byte 34: no '\"' where one must stand"},
    {"{\"__metadata__\":{\"a\":\"b\",\"a\":\"b\"}}", "'__metadata__': 'a' stands twice"},
    {"{\"__metadata__\":{},\"__metadata__\":{}}", "'__metadata__': stands twice"},
    {"{\"__metadata__\":{},\"__metadata_\\u005f\":{}}", "'__metadata__': stands twice"},
    {"{\"__metadata__\":{\"a\":\"\xff\"}}", "'__metadata__': byte 31: bytes that are not UTF-8"},
};

TEST(bad_headers)
{
    for (size_t i = 0; i < sizeof bad_headers / sizeof bad_headers[0]; i++)
        refuse_both(weights_file("x.safetensors", bad_headers[i].header, 0), bad_headers[i].words,
                    bad_headers[i].words);
}

#define RAW(bytes) bytes, sizeof(bytes) - 1

/* What is wrong before or behind the header. */
static const struct {
    const char *bytes;
    size_t len;
    const char *mapped, *streamed; /* NULL: the same */
} bad_files[] = {
    {RAW(""), "an empty file, not safetensors", NULL},
    {RAW("{}"), "no safetensors file: only 2 bytes", NULL},
    {RAW("\2\0\0\0\0\0\0"), "no safetensors file: only 7 bytes", NULL},
    {RAW("\0\0\0\0\0\0\0\0"), "no safetensors file: a header of 0 bytes", NULL},
    {RAW("\0\0\0\0\0\0\0\0{}"), "no safetensors file: a header of 0 bytes", NULL},
    {RAW("\1\0\0\0\0\0\0\0"), "cut off: a header of 1 bytes in a file of 8",
     "ends after 0 of the header's 1 bytes"},
    {RAW("\3\0\0\0\0\0\0\0{}"), "cut off: a header of 3 bytes in a file of 10",
     "ends after 2 of the header's 3 bytes"},
    {RAW("\0\xe1\xf5\5\0\0\0\0{}"), "cut off: a header of 100000000 bytes in a file of 10",
     "ends after 2 of the header's 100000000 bytes"},
    {RAW("\1\xe1\xf5\5\0\0\0\0{}"),
     "no safetensors file: a header of 100000001 bytes, more than 100000000", NULL},
    {RAW("\0\0\0\0\0\0\0\1{}"),
     "no safetensors file: a header of 72057594037927936 bytes, more than 100000000", NULL},
    {RAW("\0\0\0\0\0\0\0\x80{}"),
     "no safetensors file: a header of 9223372036854775808 bytes, more than 100000000", NULL},
    {RAW("\xff\xff\xff\xff\xff\xff\xff\xff{}"),
     "no safetensors file: a header of 18446744073709551615 bytes, more than 100000000", NULL},
    {RAW("\xf8\xff\xff\xff\xff\xff\xff\xff"),
     "no safetensors file: a header of 18446744073709551608 bytes, more than 100000000", NULL},
    {RAW("version https://git-lfs.github.com/spec/v1\noid sha256:0\n"),
     "a Git LFS pointer, not the data: run 'git lfs pull'", NULL},
    {RAW("GGUF\3\0\0\0\1\0\0\0"), "a GGUF file, not safetensors", NULL},
    {RAW("PK\3\4\x14\0\0\x08\1\1\1\1"),
     "a zip archive, as of pickled weights: convert it to safetensors", NULL},
    {RAW("\x80\2}q\0(X\1\0\0\0"), "a pickle: convert it to safetensors", NULL},
    {RAW("\x1f\x8b\x08\0\1\2\3\4\0\3"), "gzip data: unpack it first, as in 'zcat FILE | ...'",
     NULL},
    {RAW("\2\0\0\0\0\0\0\0{}\0"), "1 bytes stand behind the last tensor",
     "bytes stand behind the last tensor"},
    {RAW("\2\0\0\0\0\0\0\0{}PK\3\4"), "4 bytes stand behind the last tensor",
     "bytes stand behind the last tensor"},
};

TEST(bad_files)
{
    for (size_t i = 0; i < sizeof bad_files / sizeof bad_files[0]; i++) {
        const char *mapped = bad_files[i].mapped, *streamed = bad_files[i].streamed;

        refuse_both(files_write("x.safetensors", bad_files[i].bytes, bad_files[i].len), mapped,
                    streamed ? streamed : mapped);
    }
}

TEST(data_of_another_length)
{
    const char *two = "{" ENTRY("x", "U8", "3", "0,3") "," ENTRY("y", "F32", "1", "3,7") "}";

    refuse_both(weights_file("x.safetensors", two, 6), "cut off: 1 of its bytes are missing",
                "ends after 3 of the 4 bytes of 'y'");
    refuse_both(weights_file("x.safetensors", two, 0), "cut off: 7 of its bytes are missing",
                "ends after 0 of the 3 bytes of 'x'");
    refuse_both(weights_file("x.safetensors", two, 8), "1 bytes stand behind the last tensor",
                "bytes stand behind the last tensor");
    refuse_both(weights_file("x.safetensors", X("281474976710656", "0,281474976710656"), 2),
                "cut off: 281474976710654 of its bytes are missing",
                "ends after 2 of the 281474976710656 bytes of 'x'");
}

TEST(what_is_no_file)
{
    struct safetensors weights;
    const char *fifo = files_path("fifo");

    CHECK(!safetensors_open(&weights, files_path("absent"), &err));
    check_words(files_path("absent"), "No such file or directory");
    CHECK(mkfifo(fifo, 0600) == 0 && !safetensors_open(&weights, fifo, &err));
    check_words(fifo, "not a regular file");
    CHECK(!safetensors_take(&weights, -1, "x", &err));
    CHECK_TEXT(err.text, "x: Bad file descriptor");
    CHECK(!weights_drain("/", &err));
    CHECK_TEXT(err.text, "/: Is a directory");
}

int main(void)
{
    RUN(bad_headers);
    RUN(bad_files);
    RUN(data_of_another_length);
    RUN(what_is_no_file);
    return check_end();
}
