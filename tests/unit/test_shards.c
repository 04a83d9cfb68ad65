/* The weights of a folder: found, checked against the index, kept inside. */
#include "safetensors/shards.h"

#include "check.h"
#include "unit/files.h"
#include "unit/weights.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define INDEX "model.safetensors.index.json"
#define MAP(entries) "{\"metadata\":{\"total_size\":2},\"weight_map\":{" entries "}}"
#define ONE "\"a\":\"1.safetensors\""
#define TWO "\"b\":\"2.safetensors\""

static struct err err;

/* The folder of all files of this program, emptied of what could stay from the test before. */
static const char *folder(void)
{
    static const char *const names[] = {"model.safetensors", INDEX, "1.safetensors",
                                        "2.safetensors", "3.safetensors"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) unlink(files_path(names[i]));
    return files_path("");
}

static void write_two(void)
{
    weights_file("1.safetensors", "{" ENTRY("a", "U8", "1", "0,1") "}", 1);
    weights_file("2.safetensors", "{" ENTRY("b", "U8", "2", "0,2") "}", 2);
}

static const char *words(void)
{
    const char *root = files_path("");
    size_t len = strlen(root);

    return strncmp(err.text, root, len) == 0 ? err.text + len : err.text;
}

static void refuse(const char *want)
{
    struct shards shards;

    CHECK(!shards_open(&shards, files_path(""), &err) && !shards.files && !shards.tensors);
    CHECK_TEXT(words(), want);
}

TEST(one_file)
{
    struct shards shards;
    const char *path = folder();

    files_text(INDEX, "not read");
    weights_file("model.safetensors",
                 "{" ENTRY("b", "U8", "1", "1,2") "," ENTRY("a", "U8", "1", "0,1") "}", 2);
    if (!CHECK(shards_open(&shards, path, &err))) return;
    CHECK(shards.file_count == 1 && shards.count == 2 && text_is(shards.tensors[1]->name, "b"));
    CHECK(shards_find(&shards, TEXT("b")) == shards.tensors[1]);
    CHECK(!shards_find(&shards, TEXT("c")));
    shards_close(&shards);
}

TEST(two_shards)
{
    static const char *const indexes[] = {
        MAP(ONE "," TWO),
        " { \"weight_map\" : {" TWO " , " ONE "} , \"x\": [1,-2.5e+3,{\"a\":{}},[],[[]],true,"
        "false,null,\"\\u00e9\",0,{\"a\":1,\"a\":2}] }\n",
        "{\"metadata\":null,\"weight_map\":{\"\\u0061\":\"\\u0031.safetensors\"," TWO "}}"};
    struct shards shards;
    const char *path = folder();

    write_two();
    for (size_t i = 0; i < 3; i++) {
        files_text(INDEX, indexes[i]);
        if (!CHECK(shards_open(&shards, path, &err))) return;
        CHECK(shards.file_count == 2 && shards.count == 2);
        CHECK(text_is(shards.tensors[0]->name, "a")); /* files go by their names */
        CHECK(shards_find(&shards, TEXT("a")) && shards_find(&shards, TEXT("a"))->bytes == 1);
        CHECK(shards_find(&shards, TEXT("b")) && shards_find(&shards, TEXT("b"))->at[1] == 1);
        shards_close(&shards);
    }
}

static const struct {
    const char *index, *words;
} bad_indexes[] = {
    {"", INDEX ": not a JSON object"},
    {"[]", INDEX ": not a JSON object"},
    {"\xef\xbb\xbf{}", INDEX ": not a JSON object"},
    {"version https://git-lfs.github.com/spec/v1\n", INDEX ": not a JSON object"},
    {"{", INDEX ": byte 2: the text ends too early"},
    {"{}", INDEX ": 'weight_map' is missing"},
    {"{}x", INDEX ": byte 3: something behind the object"},
    {"{\"weight_map\":{}}", INDEX ": 'weight_map' is empty"},
    {"{\"weight_map\":[]}", INDEX ": 'weight_map' is not an object"},
    {"{\"weight_map\":null}", INDEX ": 'weight_map' is not an object"},
    {"{\"Weight_map\":{" ONE "}}", INDEX ": 'weight_map' is missing"},
    {"{\"weight_map\":{" ONE "},\"weight_map\":{" TWO "}}", INDEX ": 'weight_map' stands twice"},
    {MAP(ONE ",\"a\":\"2.safetensors\""), INDEX ": 'a': stands twice"},
    {MAP(ONE "," ONE), INDEX ": 'a': stands twice"},
    {MAP("\"a\":1"), INDEX ": 'a': its file is not a string"},
    {MAP("\"a\":null"), INDEX ": 'a': its file is not a string"},
    {MAP("\"a\":[\"1.safetensors\"]"), INDEX ": 'a': its file is not a string"},
    {MAP(ONE ","), INDEX ": byte 64: no '\"' where one must stand"},
    {MAP("\"a\":\"1.safetensors"), INDEX ": 'a': byte 64: the text ends inside a string"},
    /* values that are passed over must be JSON, too */
    {"{\"metadata\":{\"a\":}}", INDEX ": byte 18: no JSON value"},
    {"{\"metadata\":[1,]}", INDEX ": byte 16: no JSON value"},
    {"{\"metadata\":01}", INDEX ": byte 14: a number with a leading zero"},
    {"{\"metadata\":1.}", INDEX ": byte 15: a malformed number"},
    {"{\"metadata\":-}", INDEX ": byte 14: a malformed number"},
    {"{\"metadata\":1e+}", INDEX ": byte 16: a malformed number"},
    {"{\"metadata\":nul}", INDEX ": byte 13: no JSON value"},
    {"{\"metadata\":NaN}", INDEX ": byte 13: no JSON value"},
    {"{\"metadata\":{\"a\" 1}}", INDEX ": byte 18: no ':' where one must stand"},
    {"{\"metadata\":{1:1}}", INDEX ": byte 14: no '\"' where one must stand"},
    {"{\"metadata\":[1}", INDEX ": byte 15: neither ',' nor ']'"},
    {"{\"metadata\":[", INDEX ": byte 14: no JSON value"},
    {"{\"metadata\":\"\x01\"}", INDEX ": byte 14: a control character"},
    {"{\"metadata\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
     INDEX ": byte 77: more than 64 levels deep"},
/* names of files */
#define NAMED(name) MAP("\"a\":\"" name "\"")
#define UNSAFE(name) INDEX ": 'a': '" name "' is no plain name of a .safetensors file"
    {NAMED(""), UNSAFE("")},
    {NAMED(".safetensors"), UNSAFE(".safetensors")},
    {NAMED(".."), UNSAFE("..")},
    {NAMED("../1.safetensors"), UNSAFE("../1.safetensors")},
    {NAMED("/etc/passwd"), UNSAFE("/etc/passwd")},
    {NAMED("/tmp/1.safetensors"), UNSAFE("/tmp/1.safetensors")},
    {NAMED("./1.safetensors"), UNSAFE("./1.safetensors")},
    {NAMED("sub/1.safetensors"), UNSAFE("sub/1.safetensors")},
    {NAMED("..\\\\1.safetensors"), UNSAFE("..\\1.safetensors")},
    {NAMED("C:1.safetensors"), UNSAFE("C:1.safetensors")},
    {NAMED("1.safetensors\\u0000"), UNSAFE("1.safetensors")},
    {NAMED("1 .safetensors"), UNSAFE("1 .safetensors")},
    {NAMED("\xc3\xa9.safetensors"), UNSAFE("\xc3\xa9.safetensors")},
    {NAMED("pytorch_model.bin"), UNSAFE("pytorch_model.bin")},
    {NAMED("1.Safetensors"), UNSAFE("1.Safetensors")},
    {NAMED("1.safetensors/"), UNSAFE("1.safetensors/")},
    /* what the files hold */
    {NAMED("3.safetensors"), INDEX ": '3.safetensors' is not there"},
    {NAMED("1.SAFE.safetensors"), INDEX ": '1.SAFE.safetensors' is not there"},
    {NAMED("2.safetensors"), INDEX ": 'a' is not in '2.safetensors'"},
    {MAP(ONE ",\"A\":\"1.safetensors\""), INDEX ": 'A' is not in '1.safetensors'"},
    {MAP(ONE "," TWO ",\"c\":\"1.safetensors\""), INDEX ": 'c' is not in '1.safetensors'"},
};

TEST(bad_indexes)
{
    folder();
    write_two();
    for (size_t i = 0; i < sizeof bad_indexes / sizeof bad_indexes[0]; i++) {
        files_text(INDEX, bad_indexes[i].index);
        refuse(bad_indexes[i].words);
    }
}

TEST(tensors_beside_the_index)
{
    folder();
    write_two();
    files_text(INDEX, MAP(ONE "," TWO));
    weights_file("2.safetensors",
                 "{" ENTRY("b", "U8", "1", "0,1") "," ENTRY("c", "U8", "1", "1,2") "}", 2);
    refuse(INDEX ": 'c' is in '2.safetensors', but not in the index");
    weights_file("2.safetensors",
                 "{" ENTRY("b", "U8", "1", "0,1") "," ENTRY("a", "U8", "1", "1,2") "}", 2);
    refuse(INDEX ": 'a' is in '2.safetensors', too, not only in '1.safetensors'");
    weights_file("2.safetensors", "{" ENTRY("b", "U8", "2", "0,2") "}", 1);
    refuse("2.safetensors: cut off: 1 of its bytes are missing");
    weights_file("1.safetensors", "{" ENTRY("b", "U8", "2", "0,2") "}", 2);
    refuse("2.safetensors: cut off: 1 of its bytes are missing");
}

TEST(too_many_files)
{
    struct buffer index = {0};

    folder();
    buffer_text(&index, "{\"weight_map\":{");
    for (int i = 0; i <= 10000; i++)
        buffer_format(&index, "%s\"%d\":\"%d.safetensors\"", i ? "," : "", i, i);
    files_write(INDEX, index.at, index.len);
    refuse(INDEX ": '10000': more than 10000 files");
    buffer_release(&index);
}

TEST(too_large_an_index)
{
    folder();
    files_text(INDEX, "{");
    CHECK(truncate(files_path(INDEX), 100000001) == 0);
    refuse(INDEX ": larger than 100000000 bytes");
}

TEST(nothing_to_read)
{
    struct shards shards;

    folder();
    refuse(": neither model.safetensors nor model.safetensors.index.json");
    files_text("pytorch_model.bin.index.json", "{}");
    refuse(": neither model.safetensors nor model.safetensors.index.json");
    files_text("pytorch_model-00001-of-00002.bin", "x");
    refuse(": only pickled weights: convert them to safetensors");
    unlink(files_path("pytorch_model-00001-of-00002.bin"));
    files_text("pytorch_model.bin", "x");
    refuse(": only pickled weights: convert them to safetensors");
    CHECK(!shards_open(&shards, files_path("absent"), &err));
    CHECK_TEXT(words(), "absent: No such file or directory");
    CHECK(!shards_open(&shards, files_path("pytorch_model.bin"), &err));
    CHECK_TEXT(words(), "pytorch_model.bin: Not a directory");
    CHECK(!shards_open(&shards, "", &err));
    CHECK_TEXT(err.text, "'': No such file or directory");
    unlink(files_path("pytorch_model.bin"));
}

/* Puts a link or something stranger in the place of a file. */
TEST(what_a_name_may_lead_to)
{
    struct shards shards;
    const char *path = folder(), *one = files_path("1.safetensors");

    files_text(INDEX, MAP(ONE "," TWO));
    write_two();
    CHECK(rename(one, files_path("kept")) == 0);
    CHECK(symlink("kept", one) == 0 && shards_open(&shards, path, &err));
    shards_close(&shards);
    CHECK(unlink(one) == 0 && symlink(files_path("kept"), one) == 0);
    refuse("1.safetensors: leads out of the model's folder");
    CHECK(unlink(one) == 0 && symlink("../kept", one) == 0);
    refuse("1.safetensors: leads out of the model's folder");
    CHECK(unlink(one) == 0 && symlink("/proc/self/exe", one) == 0);
    refuse("1.safetensors: leads out of the model's folder");
    CHECK(unlink(one) == 0 && symlink("absent", one) == 0);
    refuse("1.safetensors: what it links to is not there: was it fetched to the end?");
    CHECK(unlink(one) == 0 && symlink("1.safetensors", one) == 0);
    refuse("1.safetensors: Too many levels of symbolic links");
    CHECK(unlink(one) == 0 && mkfifo(one, 0600) == 0);
    refuse("1.safetensors: not a regular file");
    CHECK(unlink(one) == 0 && mkdir(one, 0700) == 0);
    refuse("1.safetensors: not a regular file");
    CHECK(rmdir(one) == 0);
    refuse(INDEX ": '1.safetensors' is not there");
    CHECK(symlink("absent", files_path("model.safetensors")) == 0);
    refuse("model.safetensors: what it links to is not there: was it fetched to the end?");
    CHECK(unlink(files_path("model.safetensors")) == 0);
    CHECK(unlink(files_path(INDEX)) == 0 && symlink("/etc/passwd", files_path(INDEX)) == 0);
    refuse(INDEX ": leads out of the model's folder");
}

static void make_folders(void)
{
    CHECK(mkdir(files_path("repo"), 0700) == 0 && mkdir(files_path("repo/blobs"), 0700) == 0);
    CHECK(mkdir(files_path("repo/snapshots"), 0700) == 0);
    CHECK(mkdir(files_path("repo/snapshots/abc"), 0700) == 0);
}

static void remove_folders(void)
{
    rmdir(files_path("repo/snapshots/abc"));
    rmdir(files_path("repo/snapshots"));
    rmdir(files_path("repo/blobs"));
    rmdir(files_path("repo"));
}

/* Links into the repository's blobs are as they should be; those that leave it are not. */
TEST(cache_of_the_hub)
{
    const char *link = files_path("repo/snapshots/abc/model.safetensors");
    const char *blob = files_path("repo/blobs/sha");
    struct shards shards;

    folder();
    make_folders();
    weights_file("repo/blobs/sha", X("1", "0,1"), 1);
    CHECK(symlink("../../blobs/sha", link) == 0);
    if (CHECK(shards_open(&shards, files_path("repo/snapshots/abc/"), &err))) {
        CHECK(strstr(shards.files[0].file.path, "/repo/snapshots/abc/model.safetensors"));
        shards_close(&shards);
    }
    CHECK(unlink(blob) == 0);
    CHECK(!shards_open(&shards, files_path("repo/snapshots/abc"), &err));
    CHECK(strstr(words(), "what it links to is not there: was it fetched to the end?"));
    weights_file("outside", X("1", "0,1"), 1);
    CHECK(unlink(link) == 0 && symlink("../../../outside", link) == 0);
    CHECK(!shards_open(&shards, files_path("repo/snapshots/abc"), &err));
    CHECK_TEXT(words(), "repo/snapshots/abc/model.safetensors: leads out of the model's folder");
    CHECK(unlink(link) == 0 && unlink(files_path("outside")) == 0);
    remove_folders();
}

/* As on a kernel that knows no openat2, or in a container that refuses it. */
static bool forbid_openat2(int answer)
{
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)answer),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof steps / sizeof steps[0], steps};

    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

TEST(older_kernels)
{
    static const int answers[] = {ENOSYS, EPERM};
    const char *path = folder();

    files_text(INDEX, MAP(ONE "," TWO));
    write_two();
    for (int i = 0; i < 2; i++) {
        int status;

        fflush(stdout);
        if (fork() == 0) {
            struct shards shards;
            bool good =
                forbid_openat2(answers[i]) && shards_open(&shards, path, &err) && shards.count == 2;

            if (good) shards_close(&shards);
            _exit(!good);
        }
        CHECK(wait(&status) > 0 && status == 0);
    }
}

int main(void)
{
    files_path("");
    RUN(one_file);
    RUN(two_shards);
    RUN(bad_indexes);
    RUN(tensors_beside_the_index);
    RUN(too_many_files);
    RUN(too_large_an_index);
    RUN(nothing_to_read);
    RUN(what_a_name_may_lead_to);
    RUN(cache_of_the_hub);
    RUN(older_kernels);
    return check_end();
}
