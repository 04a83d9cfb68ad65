/* A base in 16, 8 and 4 bits, in memory and by way of a cache. */
#include "base/base.h"

#include "check.h"
#include "unit/files.h"
#include "unit/patched.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct err err;

static bool open_model(struct model *model, const char *name)
{
    return check_claim(model_open(model, name, &err), __FILE__, __LINE__, "%s", err.text);
}

static bool open_base(struct base *base, const struct model *model, unsigned bits,
                      const char *cache, size_t threads)
{
    struct team *team = team_start(threads);
    const bool good = base_open(base, model, bits, cache, team, &err);

    team_stop(team);
    return check_claim(good, __FILE__, __LINE__, "%s", err.text);
}

static bool is_linear(enum weight_role role)
{
    return role == WEIGHT_Q || role == WEIGHT_K || role == WEIGHT_V || role == WEIGHT_O ||
           role == WEIGHT_GATE || role == WEIGHT_UP || role == WEIGHT_DOWN;
}

/* The largest difference of any element, as a part of the largest one. */
static float distance(const struct matrix *a, const struct matrix *b)
{
    float most = 0, largest = 0, from_a[64], from_b[64];

    if (!a || !b || a->rows != b->rows || a->cols != b->cols || a->cols > 64) return INFINITY;
    for (uint64_t row = 0; row < a->rows; row++) {
        matrix_to_f32(a, row, 0, a->cols, from_a);
        matrix_to_f32(b, row, 0, a->cols, from_b);
        for (size_t i = 0; i < a->cols; i++) {
            most = fmaxf(most, fabsf(from_a[i] - from_b[i]));
            largest = fmaxf(largest, fabsf(from_a[i]));
        }
    }
    return largest > 0 ? most / largest : most;
}

/* Every matrix of one base beside that of another. */
static void compare(const struct base *a, const struct base *b, float linears)
{
    for (int i = 0; i < WEIGHT_ROLES; i++) {
        const enum weight_role role = (enum weight_role)i;

        for (size_t layer = 0; layer < a->model->weights.layers; layer++) {
            const struct matrix *in_a = base_matrix(a, role, layer);
            const struct matrix *in_b = base_matrix(b, role, layer);
            float apart;

            CHECK(!in_a == !in_b);
            if (!in_a || !in_b) continue;
            apart = distance(in_a, in_b);
            check_claim(apart <= (is_linear(role) ? linears : 0), __FILE__, __LINE__,
                        "weight %d of layer %zu: %g", i, layer, (double)apart);
            CHECK(linears == 0 || !is_linear(role) || apart > 0);
        }
    }
}

TEST(as_stored)
{
    struct model model;
    struct base base;

    if (!open_model(&model, patched_copy("qwen3", "stored"))) return;
    if (open_base(&base, &model, 16, NULL, 1)) {
        const struct matrix *q = base_matrix(&base, WEIGHT_Q, 1);

        CHECK(q->form == MATRIX_STORED && q->dtype == DTYPE_F16 && q->rows == 32 && q->cols == 24);
        CHECK(q->at == weight_row(weights_at(&model.weights, WEIGHT_Q, 1), 0));
        CHECK(base_matrix(&base, WEIGHT_HEAD, 1) && !base_matrix(&base, WEIGHT_Q_BIAS, 0));
        CHECK(base_matrix(&base, WEIGHT_EMBEDDING, 1)->rows == 20);
        CHECK(base_matrix(&base, WEIGHT_FINAL_NORM, 0)->cols == 1);
        base_close(&base);
    }
    model_close(&model);
}

/* 8 bits are off by at most half of 1/127 of a row's largest, 4 bits by half of the widest gap
 * between values (0.152 of a block's largest) and the error of its scale. */
static void check_bits(const struct model *model, unsigned bits, float most)
{
    struct base stored, memory, threads;

    if (!open_base(&stored, model, 16, NULL, 1)) return;
    if (open_base(&memory, model, bits, NULL, 1)) {
        CHECK_INT(base_matrix(&memory, WEIGHT_O, 0)->form, bits == 8 ? MATRIX_INT8 : MATRIX_NF4);
        compare(&stored, &memory, most);
        if (open_base(&threads, model, bits, NULL, 3)) {
            compare(&memory, &threads, 0);
            base_close(&threads);
        }
        base_close(&memory);
    }
    base_close(&stored);
}

TEST(quantised)
{
    struct model model;

    if (!open_model(&model, patched_copy("llama", "quantised"))) return;
    check_bits(&model, 8, 0.5F / 127 * 1.001F);
    check_bits(&model, 4, 0.17F);
    model_close(&model);
}

/* Rows that a GGUF file interleaves are put in order before they are quantised. */
TEST(interleaved)
{
    const char *root = getenv("SRC");
    struct model folder, file;
    struct base a, b;
    char path[512];

    snprintf(path, sizeof path, "%s/tests/golden/models/llama.gguf", root ? root : ".");
    if (!open_model(&folder, patched_copy("llama", "in_order"))) return;
    if (!open_model(&file, path)) return;
    if (open_base(&a, &folder, 4, NULL, 2) && open_base(&b, &file, 4, NULL, 2)) {
        compare(&a, &b, 0);
        base_close(&a);
        base_close(&b);
    }
    model_close(&folder);
    model_close(&file);
}

/* A file in a folder of so many. */
static const char *file_of(const char *folder, int files)
{
    static char path[600];
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    int count = 0;

    while (dir && (entry = readdir(dir))) {
        if (*entry->d_name == '.') continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        count++;
    }
    if (dir) closedir(dir);
    CHECK_INT(count, files);
    return path;
}

static const char *only_file(const char *folder)
{
    return file_of(folder, 1);
}

static const char *make_folder(const char *name)
{
    const char *path = files_path(name);

    CHECK(mkdir(path, 0777) == 0);
    return path;
}

static unsigned bits_of(const struct base *base)
{
    return base_matrix(base, WEIGHT_Q, 0)->form == MATRIX_INT8 ? 8 : 4;
}

/* Is it remade, and what it was? */
static void check_remade(const struct model *model, const struct base *memory, const char *cache,
                         const void *damage, size_t len)
{
    const char *path = only_file(cache);
    struct base base;
    size_t before, after;
    char *good = files_read(path, &before), *again;
    FILE *file = fopen(path, "wb");

    CHECK(file && fwrite(damage, 1, len, file) == len && fclose(file) == 0);
    if (open_base(&base, model, bits_of(memory), cache, 2)) {
        compare(memory, &base, 0);
        base_close(&base);
    }
    again = files_read(only_file(cache), &after);
    CHECK(good && again && before == after && memcmp(good, again, before) == 0);
    mem_free(good);
    mem_free(again);
}

static void check_damage(const struct model *model, const struct base *memory, const char *cache)
{
    size_t len, other_len;
    char *good = files_read(only_file(cache), &len), *other = mem_alloc(len);
    const char *identity;
    char *changed;

    check_remade(model, memory, cache, "", 0);
    check_remade(model, memory, cache, "not a model", 11);
    check_remade(model, memory, cache, good, len - 1);
    check_remade(model, memory, cache, good, len / 2);
    memcpy(other, good, len);
    identity = memmem(other, len, "identity\":\"", 11);
    changed = other + (identity - other) + 11;
    *changed = *changed == '0' ? '1' : '0';
    check_remade(model, memory, cache, other, len);
    memcpy(other, good, len);
    changed = other + ((char *)memmem(other, len, ".scales", 7) - other);
    changed[1] = 'x';
    check_remade(model, memory, cache, other, len);
    memcpy(other, good, len);
    other_len = 8 + (size_t)(unsigned char)other[0] + ((size_t)(unsigned char)other[1] << 8);
    memset(other + other_len, 0xff, 4); /* the first scale is NaN */
    check_remade(model, memory, cache, other, len);
    mem_free(good);
    mem_free(other);
}

static void check_cache(const struct model *model, unsigned bits, const char *cache)
{
    struct base memory, base;
    struct stat first = {0}, second = {0};

    if (!open_base(&memory, model, bits, NULL, 1)) return;
    for (int turn = 0; turn < 2; turn++) {
        if (!open_base(&base, model, bits, cache, turn ? 1 : 3)) continue;
        compare(&memory, &base, 0);
        CHECK(base.cache.file.at != NULL);
        base_close(&base);
        CHECK(stat(only_file(cache), turn ? &second : &first) == 0);
    }
    CHECK(first.st_ino == second.st_ino && first.st_mtim.tv_nsec == second.st_mtim.tv_nsec);
    check_damage(model, &memory, cache);
    base_close(&memory);
}

TEST(cached)
{
    const char *eight = make_folder("eight"), *four = make_folder("four");
    struct model model;

    if (!open_model(&model, patched_copy("qwen2", "cached"))) return;
    check_cache(&model, 8, eight);
    CHECK(strstr(only_file(eight), ".int8") != NULL);
    check_cache(&model, 4, four);
    CHECK(strstr(only_file(four), ".nf4") != NULL);
    model_close(&model);
}

/* One weight that differs makes another file; the same model elsewhere does not. */
TEST(whose_file)
{
    const char *cache = make_folder("whose");
    const char *a = patched_copy("llama", "a"), *b = patched_copy("llama", "b");
    struct model model;
    struct base base;

    for (int turn = 0; turn < 3; turn++) {
        if (turn == 2) patched_half(b, "model.layers.1.mlp.down_proj.weight", 77, 0x1234);
        if (!open_model(&model, turn ? b : a)) return;
        if (open_base(&base, &model, 8, cache, 1)) base_close(&base);
        model_close(&model);
        file_of(cache, turn < 2 ? 1 : 2);
    }
}

static void check_error(const char *folder, unsigned bits, const char *cache, const char *want)
{
    struct team *team = team_start(2);
    struct model model;
    struct base base;

    if (open_model(&model, folder)) {
        CHECK(!base_open(&base, &model, bits, cache, team, &err));
        CHECK(!base.matrices && !base.linears && !base.cache.file.at);
        CHECK_TEXT(err.text, want);
        model_close(&model);
    }
    team_stop(team);
}

TEST(errors)
{
    const char *bad = patched_copy("llama", "bad"), *good = patched_copy("llama", "fine");
    const char *cache = make_folder("errors");
    char want[600];

    patched_half(bad, "model.layers.1.self_attn.k_proj.weight", 5, 0x7c00);
    snprintf(want, sizeof want,
             "%s: 'model.layers.1.self_attn.k_proj.weight' holds NaN or infinity", bad);
    check_error(bad, 8, NULL, want);
    check_error(bad, 4, NULL, want);
    check_error(bad, 4, cache, want);
    CHECK(rmdir(cache) == 0); /* nothing was left */
    {
        struct team *team = team_start(1);
        struct model model;
        struct base base;

        if (open_model(&model, good)) {
            CHECK(!base_open(&base, &model, 4, cache, team, &err));
            CHECK(strstr(err.text, "base-") && strstr(err.text, "No such file"));
            model_close(&model);
        }
        team_stop(team);
    }
}

int main(void)
{
    RUN(as_stored);
    RUN(quantised);
    RUN(interleaved);
    RUN(cached);
    RUN(whose_file);
    RUN(errors);
    return check_end();
}
