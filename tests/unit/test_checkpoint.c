/* Checkpoints written and read: the same bits, and one clear line for what was tampered with. */
#include "train/checkpoint.h"

#include "check.h"
#include "core/memory.h"
#include "safetensors/safetensors.h"
#include "unit/files.h"
#include "unit/trained.h"
#include "unit/weights.h"

#include <unistd.h>

#define FOLDER "run/checkpoint-20"

static struct err err;

static json_t *notes(double number)
{
    return json_pack("{s:f, s:I, s:{s:s, s:s}}", "kl", number, "data", (json_int_t)123456789012345,
                     "options", "beta", "0.1", "seed", "7");
}

/* A checkpoint of a run that was trained with a seed. */
static void write_one(uint64_t seed)
{
    struct trained trained;
    json_t *resume = notes(0.1);

    files_text("run/.keep", "");
    trained_init(&trained, files_path("run"), seed);
    check_claim(checkpoint_write(&trained.checkpoint, 20, resume, &err), __FILE__, __LINE__, "%s",
                err.text);
    trained_release(&trained);
    json_decref(resume);
}

static void change(const char *name, size_t at, const void *bytes, size_t count)
{
    size_t len = 0;
    char *all = files_read(files_path(name), &len);

    if (!CHECK(all && at + count <= len)) return;
    memcpy(all + at, bytes, count);
    files_write(name, all, len);
    mem_free(all);
}

TEST(the_same_bits)
{
    struct trained before, after;
    json_t *resume, *want = notes(0.1);

    for (uint64_t seed = 1; seed <= 3; seed++) { /* each replaces the one before */
        write_one(seed);
        trained_init(&before, files_path("run"), seed);
        trained_init(&after, files_path("run"), 99);
        CHECK(!trained_same(&before, &after));
        resume = checkpoint_read(&after.checkpoint, 20, &err);
        CHECK(resume && json_equal(resume, want));
        CHECK(trained_same(&before, &after));
        json_decref(resume);
        trained_release(&before);
        trained_release(&after);
    }
    json_decref(want);
}

TEST(weights_alone)
{
    struct trained before, after;
    const size_t bytes = sizeof(float);

    write_one(1);
    trained_init(&before, files_path("run"), 1);
    trained_init(&after, files_path("run"), 99);
    CHECK(checkpoint_read_weights(&after.checkpoint, 20, &err));
    CHECK(memcmp(before.adapter.parameters.values, after.adapter.parameters.values,
                 before.adapter.parameters.size * bytes) == 0);
    CHECK_INT(after.checkpoint.updates, 99);
    trained_release(&before);
    trained_release(&after);
}

TEST(the_same_bytes)
{
    static const char *const names[] = {
        FOLDER "/adapter_model.safetensors", FOLDER "/adapter_config.json",
        FOLDER "/optimizer.safetensors", FOLDER "/resume.json", FOLDER "/trainer_state.json"};
    char *first[5], *second;
    size_t lens[5], len = 0;

    write_one(1);
    for (size_t i = 0; i < 5; i++) CHECK((first[i] = files_read(files_path(names[i]), &lens[i])));
    write_one(2);
    write_one(1);
    for (size_t i = 0; i < 5; i++) {
        second = files_read(files_path(names[i]), &len);
        CHECK(first[i] && second && len == lens[i] && memcmp(first[i], second, len) == 0);
        mem_free(first[i]);
        mem_free(second);
    }
}

TEST(doubles_come_back)
{
    const double numbers[] = {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, -0.0, 1, 1e22};
    struct trained trained;

    trained_init(&trained, files_path("run"), 1);
    files_text("run/.keep", "");
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        json_t *resume = notes(numbers[i]);
        double got = 7;

        CHECK(checkpoint_write(&trained.checkpoint, 20, resume, &err));
        json_decref(resume);
        resume = checkpoint_read(&trained.checkpoint, 20, &err);
        got = json_real_value(json_object_get(resume, "kl"));
        CHECK(got == numbers[i] && !signbit(got) == !signbit(numbers[i]));
        json_decref(resume);
    }
    trained_release(&trained);
}

TEST(files_as_they_are)
{
    struct safetensors file;
    char *text;

    write_one(20);
    text = files_read(files_path(FOLDER "/resume.json"), NULL);
    CHECK_TEXT(text, "{\n \"data\": 123456789012345,\n \"kl\": 0.10000000000000001,\n"
                     " \"options\": {\n  \"beta\": \"0.1\",\n  \"seed\": \"7\"\n }\n}\n");
    mem_free(text);
    if (!CHECK(safetensors_open(&file, files_path(FOLDER "/optimizer.safetensors"), &err))) return;
    CHECK(text_is(safetensors_metadata(&file, "step"), "20"));
    CHECK(text_is(file.header.tensors[0].name,
                  "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight.exp_avg"));
    CHECK(text_is(file.header.tensors[1].name,
                  "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight.exp_avg_sq"));
    safetensors_close(&file);
}

/* Reading fails with these words behind the path of the run. */
static void check_refused(const char *words)
{
    const char *run = files_path("run");
    struct trained trained;

    trained_init(&trained, run, 1);
    CHECK(!checkpoint_read(&trained.checkpoint, 20, &err));
    CHECK(strncmp(err.text, run, strlen(run)) == 0);
    CHECK_TEXT(err.text + strlen(run), words);
    trained_release(&trained);
}

#define OPTIMIZER FOLDER "/optimizer.safetensors"
#define SHOWN "/checkpoint-20/optimizer.safetensors: "
#define A "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"

TEST(files_that_are_cut_or_gone)
{
    size_t len = 0;
    char *bytes;

    write_one(1);
    bytes = files_read(files_path(OPTIMIZER), &len);
    files_write(OPTIMIZER, bytes, len - 100);
    mem_free(bytes);
    check_refused("/checkpoint-20/optimizer.safetensors: cut off: 100 of its bytes are missing");
    unlink(files_path(OPTIMIZER));
    check_refused("/checkpoint-20/optimizer.safetensors: No such file or directory");
    unlink(files_path(FOLDER "/adapter_model.safetensors"));
    check_refused("/checkpoint-20/adapter_model.safetensors: No such file or directory");
    unlink(files_path(FOLDER "/resume.json"));
    check_refused("/checkpoint-20/resume.json: No such file or directory");
    files_text(FOLDER "/resume.json", "{\"a\":1,");
    check_refused("/checkpoint-20/resume.json:1: string or '}' expected near end of file");
    files_text(FOLDER "/resume.json", "[]");
    check_refused("/checkpoint-20/resume.json: not a JSON object");
}

/* Where the numbers of the first tensor begin in the optimiser's file. */
static size_t data_begin(void)
{
    size_t len = 0, header = 0;
    char *bytes = files_read(files_path(OPTIMIZER), &len);

    if (CHECK(bytes && len > 8))
        header = 8 + (size_t)(unsigned char)bytes[0] + ((size_t)(unsigned char)bytes[1] << 8) +
                 ((size_t)(unsigned char)bytes[2] << 16);
    mem_free(bytes);
    return header;
}

TEST(numbers_that_are_none)
{
    static const struct {
        size_t tensor; /* 0: exp_avg, 1: exp_avg_sq, both as large as A */
        const char bits[5], *words;
    } cases[] = {
        {0, "\0\0\xc0\x7f", SHOWN "'" A ".exp_avg' holds a NaN"},
        {1, "\0\0\x80\x7f", SHOWN "'" A ".exp_avg_sq' holds an infinity"},
        {1, "\0\0\x80\xbf", SHOWN "an average of squares is negative"},
    };
    struct trained trained;
    size_t bytes;

    trained_init(&trained, files_path("run"), 1);
    bytes = trained.adapter.parameters.items[0].count * sizeof(float);
    CHECK_TEXT(trained.adapter.parameters.items[0].name, A);
    trained_release(&trained);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_one(1);
        change(OPTIMIZER, data_begin() + cases[i].tensor * bytes + 12, cases[i].bits, 4);
        check_refused(cases[i].words);
    }
}

/* The header of the optimiser's file with one text in the place of another as long. */
static void check_header(const char *from, const char *to, const char *words)
{
    size_t len = 0;
    char *bytes, *found;

    write_one(1);
    bytes = files_read(files_path(OPTIMIZER), &len);
    found = memmem(bytes, len, from, strlen(from));
    if (CHECK(found && strlen(from) == strlen(to))) {
        memcpy(found, to, strlen(to));
        files_write(OPTIMIZER, bytes, len);
        check_refused(words);
    }
    mem_free(bytes);
}

TEST(headers_that_do_not_fit)
{
    check_header("q_proj.lora_A.weight.exp_avg\"", "q_proj.lora_A.weight.exp_ave\"",
                 SHOWN "there is no tensor '" A ".exp_avg'");
    check_header("\"shape\":[8,48]", "\"shape\":[48,8]",
                 SHOWN "'" A ".exp_avg' is not [8, 48], as the options of this run say");
    check_header("\"F32\"", "\"I32\"", SHOWN "'" A ".exp_avg' is I32, not F32, F16 or BF16");
    check_header("\"step\":\"1\"", "\"step\":\"x\"", SHOWN "'step' is not a number of updates");
    check_header("\"step\":\"1\"", "\"stop\":\"1\"", SHOWN "'step' is not a number of updates");
}

TEST(tensors_too_many)
{
    struct trained trained;

    write_one(1);
    trained_init(&trained, files_path("run"), 1);
    trained.adapter.parameters.count--;
    CHECK(!checkpoint_read(&trained.checkpoint, 20, &err));
    CHECK(strstr(err.text, "v_proj.lora_B.weight' is not one of the tensors by the options of "
                           "this run"));
    trained.adapter.parameters.count++;
    trained_release(&trained);
}

TEST(what_cannot_be_written)
{
    struct trained trained;
    json_t *resume = json_object();
    char *long_text = mem_zero(5 << 20, 1);

    memset(long_text, 'x', (5 << 20) - 1);
    trained_init(&trained, files_path("run"), 1);
    json_object_set_new(resume, "long", json_string(long_text));
    CHECK(!checkpoint_write(&trained.checkpoint, 30, resume, &err));
    CHECK(strstr(err.text, "/resume.json: would be larger than 4194304 bytes"));
    CHECK(access(files_path("run/checkpoint-30"), F_OK) != 0);
    trained.checkpoint.run = files_path("absent");
    CHECK(!checkpoint_write(&trained.checkpoint, 30, resume, &err));
    CHECK(strstr(err.text, "/absent/checkpoint-30: cannot create: No such file or directory"));
    trained_release(&trained);
    json_decref(resume);
    mem_free(long_text);
}

static void check_compare(const char *then, const char *now, const char *words)
{
    json_t *a = json_loads(then, 0, NULL), *b = json_loads(now, 0, NULL);

    err.text[0] = '\0';
    CHECK(checkpoint_compare(a, b, &err) == !*words);
    CHECK_TEXT(err.text, words);
    json_decref(a);
    json_decref(b);
}

TEST(options)
{
    check_compare("{}", "{}", "");
    check_compare("{\"beta\":\"0.1\",\"seed\":\"1\"}", "{\"seed\":\"1\",\"beta\":\"0.1\"}", "");
    check_compare("{\"beta\":\"0.1\",\"seed\":\"1\"}", "{\"seed\":\"1\",\"beta\":\"0.2\"}",
                  "made with other options: --beta 0.1, now 0.2");
    check_compare("{\"seed\":\"1\",\"beta\":\"0.1\",\"x\":\"y\"}", "{\"full\":\"yes\",\"x\":\"y\"}",
                  "made with other options: --beta 0.1, now not given; --full not given, now yes; "
                  "--seed 1, now not given");
    check_compare("{\"beta\":5}", "{\"beta\":\"5\"}",
                  "made with other options: --beta not given, now 5");
    check_compare("7", "{}", "there is no object 'options'");
    CHECK(!checkpoint_compare(NULL, NULL, &err));
}

TEST(many_options)
{
    json_t *then = json_object(), *now = json_object();
    char name[20];

    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "option-%d", 100 + i);
        json_object_set_new(now, name,
                            json_string("a value that is long, and goes on and on, and "
                                        "on and on and on, so that it is cut"));
    }
    CHECK(!checkpoint_compare(then, now, &err));
    CHECK(strncmp(err.text, "made with other options: --option-100 not given, now a value", 60) ==
          0);
    CHECK(strstr(err.text, "; and 97 more") && strlen(err.text) < sizeof err.text - 100);
    json_decref(then);
    json_decref(now);
}

int main(void)
{
    json_set_alloc_funcs(mem_alloc, mem_free);
    RUN(the_same_bits);
    RUN(weights_alone);
    RUN(the_same_bytes);
    RUN(doubles_come_back);
    RUN(files_as_they_are);
    RUN(files_that_are_cut_or_gone);
    RUN(numbers_that_are_none);
    RUN(headers_that_do_not_fit);
    RUN(tensors_too_many);
    RUN(what_cannot_be_written);
    RUN(options);
    RUN(many_options);
    return check_end();
}
