/* dpo_metadata.json: every key, what is unknown, the time, and the chain of folds. */
#include "run/metadata.h"

#include "check.h"
#include "unit/files.h"

#include <jansson.h>
#include <stdlib.h>
#include <sys/stat.h>

static char *const files[] = {"a.jsonl", "b \"c\"", NULL};
static const struct metadata_loss losses[] = {{"sigmoid", 1}, {"sft", 0.5}};
static const struct metadata made = {.method = "dpo",
                                     .loss_type = "sigmoid+0.5*sft",
                                     .beta = 0.1,
                                     .label_smoothing = 0,
                                     .max_prompt_length = 512,
                                     .max_length = 1024,
                                     .losses = losses,
                                     .loss_count = 2,
                                     .base = "models/\"q\"",
                                     .base_hash = "aa",
                                     .train = {"bb", 327, files},
                                     .eval = {"cc", 70, NULL},
                                     .template_hash = "dd",
                                     .prompt_format = "{prompt}\n",
                                     .lora_rank = 16,
                                     .lora_alpha = 32,
                                     .lora_dropout = 0.05,
                                     .rslora = true,
                                     .lora_targets = "q_proj,v_proj",
                                     .learning_rate = 5e-5,
                                     .adam_beta1 = 0.9,
                                     .adam_beta2 = 0.999,
                                     .adam_epsilon = 1e-8,
                                     .weight_decay = 0,
                                     .max_grad_norm = 1,
                                     .lr_scheduler = "cosine",
                                     .warmup_steps = 50,
                                     .planned_steps = 63,
                                     .start = "runs/sft",
                                     .reference_adapter = "runs/sft",
                                     .batch_size = 4,
                                     .gradient_accumulation = 4,
                                     .epochs = 3,
                                     .steps = 63,
                                     .best_step = 40,
                                     .kl = 0.0625,
                                     .seed = 42,
                                     .precision = "bf16",
                                     .kernel = "amx",
                                     .base_bits = 16};

#define WHOLE                                                                                      \
    "{\n  \"training_method\": \"dpo\",\n  \"beta\": 0.1,\n"                                       \
    "  \"loss_type\": \"sigmoid+0.5*sft\",\n  \"label_smoothing\": 0,\n"                           \
    "  \"max_prompt_length\": 512,\n  \"max_length\": 1024,\n"                                     \
    "  \"ref_model_name\": \"models/\\\"q\\\"\",\n"                                                \
    "  \"training_completed_at\": \"2001-09-09T01:46:40Z\",\n"                                     \
    "  \"ref_adapter\": \"runs/sft\",\n  \"start_adapter\": \"runs/sft\",\n"                       \
    "  \"losses\": [{\"name\": \"sigmoid\", \"weight\": 1}, {\"name\": \"sft\","                   \
    " \"weight\": 0.5}],\n"                                                                        \
    "  \"base_model\": {\"name\": \"models/\\\"q\\\"\", \"hash\": \"aa\"},\n"                      \
    "  \"train_data\": {\"hash\": \"bb\", \"records\": 327, \"files\": "                           \
    "[\"a.jsonl\", \"b \\\"c\\\"\"]},\n"                                                           \
    "  \"eval_data\": {\"hash\": \"cc\", \"records\": 70},\n"                                      \
    "  \"template_hash\": \"dd\",\n  \"prompt_format\": \"{prompt}\\n\",\n"                        \
    "  \"adapter\": {\"rank\": 16, \"alpha\": 32, \"dropout\": 0.05, \"rslora\": true,"            \
    " \"targets\": \"q_proj,v_proj\"},\n"                                                          \
    "  \"optimizer\": {\"learning_rate\": 5e-05, \"adam_beta1\": 0.9, \"adam_beta2\": 0.999,"      \
    " \"adam_epsilon\": 1e-08, \"weight_decay\": 0, \"max_grad_norm\": 1},\n"                      \
    "  \"schedule\": {\"lr_scheduler\": \"cosine\", \"warmup_steps\": 50, \"steps\": 63,"          \
    " \"epochs\": 3, \"batch_size\": 4, \"gradient_accumulation\": 4},\n"                          \
    "  \"steps\": 63,\n  \"best_step\": 40,\n  \"kl\": 0.0625,\n  \"seed\": 42,\n"                 \
    "  \"precision\": \"bf16\",\n  \"kernel\": \"amx\",\n  \"base_bits\": 16,\n"                   \
    "  \"versions\": {\"dpo-tools\": \"" VERSION "\"},\n  \"folds\": []\n}\n"

/* A folder of that name with the file, or without one where text is NULL. */
static const char *folder_of(const char *name, const char *text)
{
    const char *path = files_path(name);
    char file[128];

    mkdir(path, 0777);
    snprintf(file, sizeof file, "%s/" METADATA_FILE, name);
    if (text) files_text(file, text);
    return path;
}

static char *written(const struct metadata *metadata, const char *name)
{
    const char *folder = folder_of(name, NULL);
    char path[256];
    struct err err;

    if (!CHECK(metadata_write(metadata, folder, &err))) return NULL;
    snprintf(path, sizeof path, "%s/" METADATA_FILE, folder);
    return files_read(path, NULL);
}

TEST(every_key)
{
    char *text = written(&made, "every");
    json_t *root = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;

    CHECK_TEXT(text, WHOLE);
    CHECK(root != NULL);
    json_decref(root);
    mem_free(text);
}

TEST(unknown)
{
    struct metadata metadata = {.method = "sft", .kl = NAN, .lora_alpha = 3, .reference = "ref"};
    char *text = written(&metadata, "unknown");

    CHECK(text != NULL);
    if (!text) return;
    CHECK(strstr(text, "\"max_prompt_length\": null,\n  \"max_length\": null,\n"
                       "  \"ref_model_name\": \"ref\",\n"));
    CHECK(strstr(text, "\"losses\": [],\n  \"base_model\": {\"name\": null, \"hash\": null},\n"
                       "  \"train_data\": {\"hash\": null, \"records\": null, "
                       "\"files\": null},\n"));
    CHECK(strstr(text, "\"prompt_format\": null,\n  \"adapter\": null,\n  \"optimizer\": {\""));
    CHECK(strstr(text, "\"best_step\": null,\n  \"kl\": null,\n"));
    mem_free(text);
}

TEST(times)
{
    struct err err;
    char *text;

    setenv("SOURCE_DATE_EPOCH", "yesterday", 1);
    CHECK(!metadata_write(&made, files_path(""), &err));
    CHECK_TEXT(err.text, "SOURCE_DATE_EPOCH is 'yesterday', not a number of seconds");
    setenv("SOURCE_DATE_EPOCH", "253402300800", 1);
    CHECK(!metadata_write(&made, files_path(""), &err));
    unsetenv("SOURCE_DATE_EPOCH");
    text = written(&made, "now");
    CHECK(text && strstr(text, "\"training_completed_at\": \"20"));
    mem_free(text);
    setenv("SOURCE_DATE_EPOCH", "1000000000", 1);
    CHECK(!metadata_write(&made, files_path("no folder"), &err));
    CHECK(strstr(err.text, "no folder/dpo_metadata.json: "));
}

/* Two folds: what is written for the third run names both, the first one first. */
TEST(chain)
{
    struct metadata metadata = {.method = "sft", .loss_type = "sft", .base = "b0", .steps = 7};
    struct metadata_origin origin;
    struct err err;
    char *text;

    mem_free(written(&metadata, "one"));
    CHECK_INT(metadata_read(&origin, files_path("one"), &err), 1);
    CHECK_TEXT(origin.method, "sft");
    CHECK(origin.template_hash == NULL);
    metadata = (struct metadata){.method = "dpo", .template_hash = "t", .origin = &origin};
    mem_free(written(&metadata, "two"));
    metadata_release(&origin);
    CHECK_INT(metadata_read(&origin, files_path("two"), &err), 1);
    CHECK_TEXT(origin.template_hash, "t");
    text = written(&metadata, "three");
    CHECK(text && strstr(text, "\"folds\": [{\"training_method\": \"sft\", \"base_model\": "
                               "{\"name\": \"b0\", \"hash\": null}, \"loss_type\": \"sft\", "
                               "\"beta\": 0, \"adapter\": null, \"template_hash\": null, "
                               "\"steps\": 7, \"train_data\": {\"hash\": null, \"records\": null, "
                               "\"files\": null}, "
                               "\"training_completed_at\": \"2001-09-09T01:46:40Z\"}, "
                               "{\"training_method\": \"dpo\", "));
    metadata_release(&origin);
    mem_free(text);
}

static const char *read_text(const char *text)
{
    static struct err err;
    struct metadata_origin origin;
    int got = metadata_read(&origin, folder_of("read", text), &err);
    const char *name = strstr(err.text, METADATA_FILE);

    if (got > 0) metadata_release(&origin);
    return got > 0 ? "read" : name ? name : err.text;
}

TEST(of_others)
{
    struct metadata_origin origin;
    struct err err;

    CHECK_INT(metadata_read(&origin, files_path("gone"), &err), 0);
    CHECK_INT(metadata_read(&origin, folder_of("none", NULL), &err), 0);
    CHECK_TEXT(read_text("{\"training_method\": \"dpo\", \"beta\": 0.1}"), "read");
    CHECK_TEXT(read_text("{\"training_method\": null}"), "read");
    CHECK_TEXT(read_text("{"), METADATA_FILE ": the text ends too early (byte 2)");
    CHECK_TEXT(read_text("[]"), METADATA_FILE ": is not a JSON object");
    CHECK_TEXT(read_text("{\"training_method\": 1}"),
               METADATA_FILE ": 'training_method' is not a string");
    CHECK_TEXT(read_text("{\"template_hash\": []}"),
               METADATA_FILE ": 'template_hash' is not a string");
    CHECK_TEXT(read_text("{\"folds\": {}}"), METADATA_FILE ": 'folds' is not an array of objects");
    CHECK_TEXT(read_text("{\"folds\": [{}, 1]}"),
               METADATA_FILE ": 'folds' is not an array of objects");
}

int main(void)
{
    setenv("SOURCE_DATE_EPOCH", "1000000000", 1);
    RUN(every_key);
    RUN(unknown);
    RUN(times);
    RUN(chain);
    RUN(of_others);
    return check_end();
}
