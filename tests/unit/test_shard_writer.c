/* Weights written into a folder, in one file or in many, and read from it. */
#include "safetensors/shard_writer.h"

#include "check.h"
#include "safetensors/shards.h"
#include "unit/files.h"

#include <sys/stat.h>
#include <unistd.h>

#define INDEX "model.safetensors.index.json"

static struct err err;
static const unsigned char bytes[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

static bool declare(struct shard_writer *writer, const char *name, enum dtype dtype, uint64_t size)
{
    struct tensor tensor = {.name = text_of(name), .dtype = dtype, .rank = 1, .shape = {size}};

    return safetensors_writer_declare(&writer->declared, &tensor, &err);
}

/* Five tensors of 4, 0, 2, 6 and 4 bytes, and one of none. */
static void start(struct shard_writer *writer, uint64_t limit)
{
    shard_writer_init(writer, files_path(""), limit);
    CHECK(declare(writer, "e", DTYPE_F32, 1) && declare(writer, "d", DTYPE_F32, 0));
    CHECK(declare(writer, "c", DTYPE_BF16, 1) && declare(writer, "b", DTYPE_U8, 6));
    CHECK(declare(writer, "a", DTYPE_F16, 2) && declare(writer, "z", DTYPE_BF16, 0));
}

static bool finish(struct shard_writer *writer)
{
    static const size_t sizes[] = {4, 1, 1, 6, 4};
    size_t at = 0;
    bool good = shard_writer_begin(writer, &err);

    for (size_t i = 0; good && i < sizeof sizes / sizeof sizes[0]; at += sizes[i++])
        good = shard_writer_write(writer, bytes + at, sizes[i], &err);
    good = good && shard_writer_commit(writer, &err);
    shard_writer_release(writer);
    return good;
}

/* Removes what there is, and returns how many files that were. */
static int clean(void)
{
    char name[64];
    int count = 0;

    count += unlink(files_path(INDEX)) == 0;
    count += unlink(files_path("model.safetensors")) == 0;
    for (int i = 1; i <= 5; i++)
        for (int n = 2; n <= 5; n++) {
            snprintf(name, sizeof name, "model-%05d-of-%05d.safetensors", i, n);
            count += unlink(files_path(name)) == 0;
        }
    return count;
}

static void check_all(size_t files)
{
    static const char *const names[] = {"e", "d", "c", "b", "a", "z"};
    struct shards shards;
    unsigned next = 0;

    if (!CHECK(shards_open(&shards, files_path(""), &err))) return;
    CHECK_INT(shards.file_count, files);
    CHECK_INT(shards.count, 6);
    for (size_t i = 0; i < 6; i++) {
        const struct tensor *tensor = shards_find(&shards, text_of(names[i]));

        for (size_t j = 0; CHECK(tensor) && j < tensor->bytes; j++) CHECK(tensor->at[j] == next++);
    }
    CHECK_INT(next, 16);
    for (size_t i = 0; i < files; i++)
        CHECK(text_is(safetensors_metadata(&shards.files[i], "format"), "pt"));
    shards_close(&shards);
}

TEST(limits)
{
    static const struct {
        uint64_t limit;
        size_t files;
    } plans[] = {{16, 1}, {1000, 1}, {UINT64_MAX, 1}, {15, 2}, {12, 2}, {10, 2},
                 {6, 3},  {5, 4},    {4, 4},          {1, 4},  {0, 4}};

    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++) {
        struct shard_writer writer;
        size_t before = files_count();

        start(&writer, plans[i].limit);
        if (!CHECK(finish(&writer))) CHECK_TEXT(err.text, "");
        check_all(plans[i].files);
        CHECK_INT(files_count() - before, plans[i].files + (plans[i].files > 1));
        CHECK_INT(clean(), plans[i].files + (plans[i].files > 1));
    }
}

TEST(index_as_text)
{
    struct shard_writer writer;
    char *text;

    start(&writer, 6);
    CHECK(finish(&writer));
    text = files_read(files_path(INDEX), NULL);
    CHECK_TEXT(text, "{\n"
                     "  \"metadata\": {\n"
                     "    \"total_size\": 16\n"
                     "  },\n"
                     "  \"weight_map\": {\n"
                     "    \"a\": \"model-00003-of-00003.safetensors\",\n"
                     "    \"b\": \"model-00002-of-00003.safetensors\",\n"
                     "    \"c\": \"model-00001-of-00003.safetensors\",\n"
                     "    \"d\": \"model-00001-of-00003.safetensors\",\n"
                     "    \"e\": \"model-00001-of-00003.safetensors\",\n"
                     "    \"z\": \"model-00003-of-00003.safetensors\"\n"
                     "  }\n"
                     "}\n");
    mem_free(text);
    clean();
}

TEST(no_tensors)
{
    struct shard_writer writer;
    struct shards shards;

    shard_writer_init(&writer, files_path(""), 10);
    CHECK(shard_writer_begin(&writer, &err) && shard_writer_commit(&writer, &err));
    shard_writer_release(&writer);
    CHECK(shards_open(&shards, files_path(""), &err) && shards.count == 0);
    CHECK(!shards_find(&shards, TEXT("a")));
    shards_close(&shards);
    CHECK_INT(clean(), 1);
}

/* Whatever happens before the commit, the folder stays as it was. */
TEST(all_or_nothing)
{
    struct shard_writer writer;
    size_t before;

    files_text("model-00002-of-00003.safetensors", "old");
    before = files_count();
    start(&writer, 6);
    CHECK(shard_writer_begin(&writer, &err));
    CHECK(shard_writer_write(&writer, bytes, 4, &err));
    CHECK(!shard_writer_write(&writer, bytes, 3, &err));
    CHECK(strstr(err.text, "model-00001-of-00003.safetensors: 'c': 1 bytes more than were"));
    CHECK(shard_writer_write(&writer, bytes, 2, &err));
    CHECK(shard_writer_write(&writer, bytes, 6, &err));
    CHECK(shard_writer_write(&writer, bytes, 3, &err));
    CHECK(!shard_writer_commit(&writer, &err));
    CHECK(strstr(err.text, "model-00003-of-00003.safetensors: 'a': 1 bytes fewer than were"));
    shard_writer_release(&writer);
    CHECK_INT(files_count(), before);
    start(&writer, 6);
    CHECK(mkdir(files_path(INDEX), 0700) == 0 && !finish(&writer));
    CHECK(strstr(err.text, INDEX ": is a directory"));
    CHECK(rmdir(files_path(INDEX)) == 0);
    CHECK_INT(files_count(), before);
    CHECK_INT(clean(), 1);
}

TEST(places_that_will_not_do)
{
    struct shard_writer writer;

    files_text("model.safetensors", "old");
    start(&writer, 6);
    CHECK(!finish(&writer));
    CHECK(strstr(err.text, "/model.safetensors: is there, and would be read instead of shards"));
    start(&writer, 16);
    CHECK(finish(&writer)); /* takes its place */
    CHECK_INT(clean(), 1);
    shard_writer_init(&writer, "/nowhere/at/all", 100);
    CHECK(declare(&writer, "x", DTYPE_U8, 1) && !shard_writer_begin(&writer, &err));
    CHECK(strstr(err.text, "/nowhere/at/all/model.safetensors: cannot create: No such file"));
    shard_writer_release(&writer);
    shard_writer_init(&writer, files_path(""), 1);
    CHECK(declare(&writer, "x", DTYPE_U8, 1) && declare(&writer, "y", DTYPE_U8, 1));
    CHECK(declare(&writer, "z", DTYPE_BF16, 1) && shard_writer_begin(&writer, &err));
    shard_writer_release(&writer); /* each in its own shard is aligned */
    shard_writer_init(&writer, files_path(""), 3);
    CHECK(declare(&writer, "x", DTYPE_U8, 1) && declare(&writer, "z", DTYPE_BF16, 1));
    CHECK(!shard_writer_begin(&writer, &err));
    CHECK(strstr(err.text, "/model.safetensors: 'z': would not be aligned"));
    shard_writer_release(&writer);
    CHECK_INT(clean(), 0);
}

TEST(too_many_shards)
{
    struct shard_writer writer;
    char name[20];

    shard_writer_init(&writer, files_path(""), 1);
    for (int i = 0; i < 100000; i++) {
        snprintf(name, sizeof name, "%d", i);
        if (!declare(&writer, name, DTYPE_U8, 1)) CHECK_TEXT(err.text, "");
    }
    CHECK(!shard_writer_begin(&writer, &err));
    CHECK(strstr(err.text, "/: 100000 shards, more than 99999"));
    shard_writer_release(&writer);
}

int main(void)
{
    files_path("");
    RUN(limits);
    RUN(index_as_text);
    RUN(no_tensors);
    RUN(all_or_nothing);
    RUN(places_that_will_not_do);
    RUN(too_many_shards);
    return check_end();
}
