/* export/title: names as llama.cpp's converter takes them apart. The rows are what its
 * Metadata.get_model_id_components and id_to_title give (gguf-py of ggml 0.25.1). */
#include "export/title.h"

#include "check.h"

static const struct row {
    const char *model;
    uint64_t parameters;
    const char *name, *organization, *finetune, *basename, *version, *size;
} rows[] = {
    {"tiny-llama3", 1300000, "Tiny Llama3", NULL, NULL, NULL, NULL, NULL},
    {"SmolLM2-135M-Instruct", 134515008, "SmolLM2 135M Instruct", NULL, "Instruct", "SmolLM2", NULL,
     "135M"},
    {"Qwen/Qwen3-0.6B", 596049920, "Qwen3 0.6B", "Qwen", NULL, "Qwen3", NULL, "0.6B"},
    {"meta-llama/Meta-Llama-3.1-8B-Instruct", 8030261248, "Meta Llama 3.1 8B Instruct",
     "Meta Llama", "Instruct", "Meta-Llama-3.1", NULL, "8B"},
    {"mistralai/Mistral-7B-Instruct-v0.3", 7248023552, "Mistral 7B Instruct v0.3", "Mistralai",
     "Instruct", "Mistral", "v0.3", "7B"},
    {"TinyLlama/TinyLlama-1.1B-Chat-v1.0", 1100048384, "TinyLlama 1.1B Chat v1.0", "TinyLlama",
     "Chat", "TinyLlama", "v1.0", "1.1B"},
    {"Qwen2.5-7B-Instruct-1M", 7615616512, "Qwen2.5 7B Instruct 1M", NULL, "Instruct-1m", "Qwen2.5",
     NULL, "7B"},
    {"Mixtral-8x7B-v0.1", 46702792704, "Mixtral 8x7B v0.1", NULL, NULL, "Mixtral", "v0.1", "8x7B"},
    {"bloom-7b1", 7000000000, "Bloom 7b1", NULL, NULL, "bloom", NULL, "7.1B"},
    {"my model of today", 5, "My Model Of Today", NULL, NULL, NULL, NULL, NULL},
    {"phi-3-mini-128k-instruct", 3800000000, "Phi 3 Mini 128k Instruct", NULL, "128k-instruct",
     "phi-3", NULL, "mini"},
    {"phi-3-mini-4B", 3800000000, "Phi 3 Mini 4B", NULL, NULL, "phi-3-mini", NULL, "4B"},
    {"Llama-3-8B-Q4_K_M", 8000000000, "Llama 3 8B Q4_K_M", NULL, NULL, "Llama-3", NULL, "8B"},
    {"run", 10, "Run", NULL, NULL, NULL, NULL, NULL},
    {"v1.2-thing", 10, "v1.2 Thing", NULL, NULL, NULL, NULL, NULL},
    {"2024-01-run-3b", 3000000000, "2024 01 Run 3b", NULL, NULL, "2024-01-run", NULL, "3B"},
    {"a--b", 1, "A B", NULL, NULL, NULL, NULL, NULL},
    {"model_final-lora", 100, "Model_Final Lora", NULL, "lora", "model_final", NULL, NULL},
    {"Org/x-small", 1000, "X Small", "Org", NULL, "x", NULL, "small"},
    {"x-small-chat-v2-iter3", 1000, "X Small Chat v2 Iter3", NULL, "chat", "x", "v2-iter3",
     "small"},
    {"GPT-J-6B", 6000000000, "GPT J 6B", NULL, NULL, "GPT-J", NULL, "6B"},
    {"name-A3B-30B", 30000000000, "Name A3B 30B", NULL, NULL, "name", NULL, "A3B-30B"},
    {"Llama-2-7b-chat-hf", 6738415616, "Llama 2 7b Chat Hf", NULL, "chat-hf", "Llama-2", NULL,
     "7B"},
    {"./odd", 3, "Odd", NULL, NULL, NULL, NULL, NULL},
    {"iq2_xs-f16-bf16-fp32-model", 9, "Iq2_Xs F16 Bf16 Fp32 Model", NULL, "model", "iq2_xs", NULL,
     NULL},
    {"granite-3.1-2b-base", 0, "Granite 3.1 2b Base", NULL, "base", "granite-3.1", NULL, "2B"},
    {"7B-7B", 7000000000, "7B 7B", NULL, "7B", NULL, NULL, "7B"},
    {"x-7B-7B", 7000000000, "X 7B 7B", NULL, NULL, "x", NULL, "7B"},
    {"CAPS-lower-Mixed-v0", 1, "CAPS Lower Mixed v0", NULL, NULL, "CAPS-lower-Mixed", "v0", NULL},
};

static void same(const char *model, const char *got, const char *want)
{
    if (!want || !got)
        check_claim(!want && !got, __FILE__, __LINE__, "%s: got '%s', want '%s'", model,
                    got ? got : "(none)", want ? want : "(none)");
    else
        check_claim(strcmp(got, want) == 0, __FILE__, __LINE__, "%s: got '%s', want '%s'", model,
                    got, want);
}

TEST(names_are_taken_apart)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct title title = {0};

        title_add(&title, row->model, row->parameters);
        same(row->model, title.name, row->name);
        same(row->model, title.organization, row->organization);
        same(row->model, title.finetune, row->finetune);
        same(row->model, title.basename, row->basename);
        same(row->model, title.version, row->version);
        same(row->model, title.size, row->size);
        title_release(&title);
    }
}

TEST(the_first_that_tells_counts)
{
    struct title title = {0};

    title_add(&title, "acme/first-7B", 0);
    title_add(&title, "other/second-1B-chat-v2", 0);
    CHECK_TEXT(title.name, "First 7B");
    CHECK_TEXT(title.organization, "Acme");
    CHECK_TEXT(title.size, "7B");
    CHECK_TEXT(title.finetune, "chat");
    CHECK_TEXT(title.version, "v2");
    title_release(&title);
}

static void size_is(uint64_t parameters, const char *want)
{
    struct title title = {0};

    title_add_size(&title, parameters);
    CHECK_TEXT(title.size, want);
    title_release(&title);
}

TEST(sizes_are_counted)
{
    size_is(494032768, "494M");
    size_is(1543714304, "1.5B");
    size_is(8030261248, "8.0B");
    size_is(70553706496, "71B");
    size_is(1328416, "1.3M");
    size_is(1000000, "1000K");
    size_is(12345, "12K");
    size_is(500, "0.50K");
    size_is(2000000000000, "2.0T");
}

int main(void)
{
    RUN(names_are_taken_apart);
    RUN(the_first_that_tells_counts);
    RUN(sizes_are_counted);
    return check_end();
}
