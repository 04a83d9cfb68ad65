/* export/export: a folder, a stream and a GGUF file give the same; what is no model is refused. */
#include "export/export.h"

#include "check.h"
#include "unit/carried.h"
#include "unit/files.h"
#include "unit/numeric.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static struct err err;
static char said[512];

static void hear(const char *sentence)
{
    snprintf(said + strlen(said), sizeof said - strlen(said), "%s\n", sentence);
}

/* From a folder or a file, or from standard input, which is what stands at path then. */
static bool run(const char *path, bool streamed, const char *type, const char *to, size_t threads)
{
    struct export export = {
        .type = file_type_named(type), .name = "Same", .verify = true, .warn = hear};
    struct origin origin;
    struct outfile out;
    bool good;

    if (streamed) {
        const int fd = open(path, O_RDONLY | O_CLOEXEC);

        if (fd < 0 || dup2(fd, STDIN_FILENO) < 0) return err_errno(&err, "%s", path);
        if (fd != STDIN_FILENO) close(fd);
    }
    if (!origin_open(&origin, streamed ? "-" : path, &err)) return false;
    export.team = team_start(threads);
    good = outfile_open(&out, to, &err) && export_run(&export, &origin, &out, &err);
    if (good)
        good = outfile_commit(&out, &err);
    else
        outfile_abandon(&out);
    team_stop(export.team);
    origin_close(&origin);
    return good;
}

static bool same_files(const char *a, const char *b)
{
    size_t len[2] = {0, 0};
    char *bytes[2] = {files_read(a, &len[0]), files_read(b, &len[1])};
    const bool same =
        bytes[0] && bytes[1] && len[0] == len[1] && memcmp(bytes[0], bytes[1], len[0]) == 0;

    mem_free(bytes[0]);
    mem_free(bytes[1]);
    return same;
}

TEST(a_stream_gives_what_a_folder_gives)
{
    static const char *const types[] = {"f32", "f16", "bf16", "q8_0", "q4_k_m", "q2_k"};
    char *from, *to = mem_copy_text(files_path("folder.gguf"));
    const char *other = files_path("stream.gguf");

    for (int i = 0; numeric_models[i]; i++)
        for (size_t j = 0; j < sizeof types / sizeof *types; j++) {
            const struct carried carried = {.model = numeric_models[i]};

            from = mem_copy_text(numeric_path("models/%s", numeric_models[i]));
            check_claim(run(from, false, types[j], to, 2), __FILE__, __LINE__, "%s", err.text);
            check_claim(run(carried_stream("in", &carried), true, types[j], other, 1), __FILE__,
                        __LINE__, "%s", err.text);
            check_claim(same_files(to, other), __FILE__, __LINE__, "%s differs as %s",
                        numeric_models[i], types[j]);
            mem_free(from);
        }
    mem_free(to);
}

/* The quantiser's order is its own; so a stream in any order gives the same file. */
TEST(the_order_of_a_stream_does_not_matter)
{
    struct carried carried = {.model = "qwen2"};
    const char *forward = files_path("forward.gguf"), *backward = files_path("backward.gguf");

    CHECK(run(carried_stream("a", &carried), true, "q4_0", forward, 1));
    carried.reversed = true;
    CHECK(run(carried_stream("b", &carried), true, "q4_0", backward, 1));
    CHECK(same_files(forward, backward));
}

/* Where nothing can be put at a place, all waits. */
TEST(a_pipe_gets_the_same_bytes)
{
    const struct carried carried = {.model = "llama", .reversed = true};
    const char *file = files_path("file.gguf"), *fifo = files_path("fifo");
    const char *copy = files_path("copy.gguf");
    char command[600];

    CHECK(run(carried_stream("in", &carried), true, "q5_k_m", file, 1));
    snprintf(command, sizeof command, "mkfifo '%s' && cat '%s' > '%s' &", fifo, fifo, copy);
    CHECK(system(command) == 0);
    while (access(fifo, F_OK) != 0) usleep(1000);
    CHECK(run(files_path("in"), true, "q5_k_m", fifo, 1));
    for (int i = 0; i < 2000 && !same_files(file, copy); i++) usleep(1000);
    CHECK(same_files(file, copy));
}

TEST(a_converted_file_is_quantised)
{
    const char *model = mem_copy_text(numeric_path("models/qwen3"));
    const char *whole = files_path("whole.gguf"), *once = files_path("once.gguf");
    const char *twice = files_path("twice.gguf");

    CHECK(run(model, false, "f32", whole, 1));
    CHECK(run(model, false, "q6_k", once, 1));
    CHECK(run(whole, false, "q6_k", twice, 2));
    CHECK(same_files(once, twice));
    CHECK(!run(once, false, "q6_k", twice, 1));
    CHECK(strstr(err.text, "what was rounded once is not rounded again") != NULL);
    mem_free((void *)model);
}

#define CONFIG "config.json"
#define TOKENIZER "tokenizer.json"
#define SETTINGS "tokenizer_config.json"
#define GENERATION "generation_config.json"
#define NORM "model.norm.weight"
#define Q "model.layers.1.self_attn.q_proj.weight"

#define DEFAULT_ROPE "\"rope_type\": \"default\""
#define YARN "\"rope_type\": \"yarn\", \"factor\": 4.0, \"original_max_position_embeddings\": 128"

/* What a file must say of a model that is not the common case, or what is told instead. */
static const struct {
    struct carried carried;
    uint32_t windows[2]; /* of its first layers, as the file says it */
    double amplitude;
    const char *told;
} rare[] = {
    {{.model = "mistral"}, {0, 0}, 1, ""},
    {{.model = "mistral-sw8"},
     {8, 8},
     1,
     "2 of 2 layers see 8 tokens: llama.cpp computes full attention, beyond 8 tokens something "
     "else\n"},
    {{.model = "mistral-sw8",
      .file = CONFIG,
      .from = "\"sliding_window\"",
      .to = "\"layer_types\": [\"sliding_attention\", \"full_attention\"], \"sliding_window\""},
     {0, 0},
     1,
     "1 of 2 layers see 8 tokens: llama.cpp computes full attention, beyond 8 tokens something "
     "else, and the file cannot say it\n"},
    {{.model = "qwen2", .file = CONFIG, .from = DEFAULT_ROPE, .to = YARN}, {0, 0}, 1.138629436, ""},
    {{.model = "qwen2",
      .file = CONFIG,
      .from = DEFAULT_ROPE,
      .to = YARN ", \"attention_factor\": 1.3"},
     {0, 0},
     1.3,
     "yarn's attention factor is 1.3: llama.cpp does not read it and computes with 1.13863\n"},
};

TEST(what_is_rare_comes_back_or_is_told)
{
    for (size_t i = 0; i < sizeof rare / sizeof *rare; i++) {
        const char *file = files_path("rare.gguf");
        struct model model;

        said[0] = '\0';
        check_claim(run(carried_stream("in", &rare[i].carried), true, "f32", file, 1), __FILE__,
                    __LINE__, "%s", err.text);
        CHECK_TEXT(said, rare[i].told);
        if (!CHECK(model_open(&model, file, &err))) continue;
        for (size_t layer = 0; layer < 2; layer++)
            CHECK_INT(config_window(&model.config, layer), rare[i].windows[layer]);
        CHECK_NEAR(model.config.rope.amplitude, rare[i].amplitude, 1e-6);
        model_close(&model);
    }
}

static const struct {
    struct carried carried;
    const char *type, *words;
} bad[] = {
    {{.model = "smollm",
      .file = CONFIG,
      .from = "\"model_type\": \"llama\"",
      .to = "\"model_type\": \"bloom\""},
     "q8_0",
     "bloom is not supported"},
    {{.model = "smollm", .file = CONFIG, .from = "{", .to = "["}, "q8_0", CONFIG ":"},
    {{.model = "smollm",
      .file = CONFIG,
      .from = "\"hidden_size\": 48",
      .to = "\"hidden_size\": 49"},
     "q8_0",
     "has the shape"},
    {{.model = "smollm",
      .file = CONFIG,
      .from = "\"vocab_size\": 512",
      .to = "\"vocab_size\": 511"},
     "q8_0",
     "has the shape"},
    {{.model = "smollm",
      .file = CONFIG,
      .from = "\"num_hidden_layers\": 2",
      .to = "\"num_hidden_layers\": 3"},
     "q8_0",
     "'model.layers.2."},
    {{.model = "smollm",
      .file = CONFIG,
      .from = "\"num_hidden_layers\": 2",
      .to = "\"num_hidden_layers\": 1"},
     "q8_0",
     "is no weight of a llama model like this"},
    {{.model = "smollm", .file = CONFIG, .from = "\"silu\"", .to = "\"gelu\""},
     "q8_0",
     "only silu is supported"},
    {{.model = "qwen2",
      .file = CONFIG,
      .from = "\"model_type\"",
      .to = "\"quantization_config\": {}, \"model_type\""},
     "q8_0",
     "quantised weights in this format are not supported"},
    {{.model = "smollm", .file = TOKENIZER}, "q8_0", "tokenizer.json"},
    {{.model = "smollm", .file = TOKENIZER, .from = "\"merges\"", .to = "\"others\""},
     "q8_0",
     TOKENIZER},
    {{.model = "smollm", .file = TOKENIZER, .from = "\"BPE\"", .to = "\"Unigram\""},
     "q8_0",
     "Unigram"},
    {{.model = "smollm", .file = TOKENIZER, .from = "\\\\p{N}|", .to = "\\\\p{N}{2}|"},
     "q8_0",
     TOKENIZER},
    {{.model = "smollm", .file = TOKENIZER, .from = "}", .to = ""}, "q8_0", TOKENIZER},
    {{.model = "smollm", .file = SETTINGS, .from = "{", .to = "{{"}, "q8_0", SETTINGS ":"},
    {{.model = "smollm",
      .file = SETTINGS,
      .from = "\"chat_template\": \"",
      .to = "\"chat_template\": 7, \"x\": \""},
     "q8_0",
     "'chat_template' is not a string"},
    {{.model = "smollm",
      .file = SETTINGS,
      .from = "\"chat_template\": \"",
      .to = "\"chat_template\": "
            "[{\"name\":\"a\",\"template\":\"b\"},{\"name\":\"a\",\"template\":\"c\"}], \"x\": \""},
     "q8_0",
     "'chat_template' holds 'a' twice"},
    {{.model = "smollm", .file = GENERATION, .from = "{", .to = "{\"top_k\": 1.5,"},
     "q8_0",
     "'top_k' is no whole number of 32 bits"},
    {{.model = "smollm", .file = GENERATION, .from = "{", .to = "{\"top_p\": \"1\","},
     "q8_0",
     "'top_p' is not a number"},
    {{.model = "smollm", .without = NORM}, "q8_0", "'model.norm.weight' is missing"},
    {{.model = "llama", .without = "lm_head.weight"}, "q8_0", "'lm_head.weight' is missing"},
    {{.model = "smollm", .extra = "model.layers.0.self_attn.q_proj.bias"}, "q8_0", "is no weight"},
    {{.model = "smollm", .extra = "score.weight"}, "q8_0", "'score.weight' is no weight"},
    {{.model = "smollm", .spoiled = NORM, .number = NAN},
     "q8_0",
     "'model.norm.weight': row 0, column 0 is not a number"},
    {{.model = "smollm", .spoiled = Q, .number = -INFINITY}, "q8_0", "is infinite"},
    {{.model = "smollm", .spoiled = Q, .number = NAN}, "f32", "is not a number"},
    {{.model = "smollm", .spoiled = Q, .number = 70000}, "f16", "is too large for F16"},
    {{.model = "qwen2", .spoiled = Q, .number = 3e38F}, "q8_0", "is too large for Q8_0"},
};

TEST(what_is_no_model_is_refused)
{
    const char *to = files_path("never.gguf");

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        for (int streamed = 0; streamed < 2; streamed++) {
            const char *from = streamed ? carried_stream("bad", &bad[i].carried)
                                        : carried_folder("bads", &bad[i].carried);

            err.text[0] = '\0';
            check_claim(!run(from, streamed, bad[i].type, to, 2), __FILE__, __LINE__,
                        "%zu is taken", i);
            check_claim(strstr(err.text, bad[i].words) != NULL, __FILE__, __LINE__,
                        "%zu: got '%s', want '%s'", i, err.text, bad[i].words);
            CHECK(access(to, F_OK) != 0);
            unlink(files_path("bad"));
            for (const char *const *at =
                     (const char *const[]){CONFIG, TOKENIZER, SETTINGS, GENERATION, NULL};
                 *at; at++) {
                char path[64];

                snprintf(path, sizeof path, "bads/%s", *at);
                unlink(files_path(path));
            }
        }
}

/* A stream that ends at any byte, or goes on. */
TEST(a_stream_that_is_cut_is_refused)
{
    const struct carried carried = {.model = "smollm"};
    const char *to = files_path("never.gguf");
    size_t len;
    char *bytes = files_read(carried_stream("whole", &carried), &len);

    for (size_t cut = 0; cut < len; cut += cut < 16 ? 1 : len / 13) {
        CHECK(!run(files_write("cut", bytes, cut), true, "q4_0", to, 1));
        CHECK(strncmp(err.text, "standard input: ", 16) == 0);
    }
    CHECK(!run(files_write("cut", bytes, len - 1), true, "q4_0", to, 1));
    CHECK(strstr(err.text, "ends after") != NULL);
    bytes[len] = 'x'; /* where the terminator stood */
    CHECK(!run(files_write("cut", bytes, len + 1), true, "q4_0", to, 1));
    CHECK_TEXT(err.text, "standard input: bytes stand behind the last tensor");
    CHECK(access(to, F_OK) != 0);
    mem_free(bytes);
}

TEST(a_stream_must_carry_what_is_needed)
{
    struct carried carried = {.model = "smollm", .file = CONFIG};

    CHECK(!run(carried_stream("bad", &carried), true, "q8_0", files_path("never.gguf"), 1));
    CHECK_TEXT(err.text, "standard input: its '__metadata__' holds no 'config.json'");
    carried.file = TOKENIZER;
    CHECK(!run(carried_stream("bad", &carried), true, "q8_0", files_path("never.gguf"), 1));
    CHECK_TEXT(err.text, "standard input: its '__metadata__' holds no 'tokenizer.json'");
    carried.file = SETTINGS; /* without which it can be done */
    CHECK(run(carried_stream("good", &carried), true, "q8_0", files_path("x.gguf"), 1));
    CHECK(!run(files_text("bad", "hello, this is no model at all"), true, "q8_0",
               files_path("never.gguf"), 1));
    CHECK(strncmp(err.text, "standard input: ", 16) == 0);
}

int main(void)
{
    RUN(a_stream_gives_what_a_folder_gives);
    RUN(the_order_of_a_stream_does_not_matter);
    RUN(a_pipe_gets_the_same_bytes);
    RUN(a_converted_file_is_quantised);
    RUN(what_is_rare_comes_back_or_is_told);
    RUN(what_is_no_model_is_refused);
    RUN(a_stream_that_is_cut_is_refused);
    RUN(a_stream_must_carry_what_is_needed);
    return check_end();
}
