/* A model passes through a fold by a few megabytes at a time. */
#include "check.h"
#include "unit/fake_model.h"
#include "unit/files.h"
#include "unit/folded.h"

#include <sys/resource.h>

static long peak(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss; /* KiB */
}

/* 0.4 GB of holes, of which the largest tensor has 128 MB. */
TEST(memory_is_a_few_megabytes)
{
    static const char config[] =
        "{\"model_type\":\"llama\",\"hidden_size\":2048,\"intermediate_size\":8192,"
        "\"num_hidden_layers\":2,\"num_attention_heads\":16,\"num_key_value_heads\":4,"
        "\"vocab_size\":32000,\"max_position_embeddings\":64,\"rms_norm_eps\":1e-6}";
    const char *model = fake_model("large", &(struct fake_model){.config = config});
    const struct fold_adapter adapter = {folded_adapter("adapter", model, "up_proj", 16), 1};
    struct fold_wish wish = {.model = model, .adapters = &adapter, .count = 1, .same = true};
    const long before = peak();
    struct fold_tally tally;
    struct err err;

    if (CHECK_SLOW) {
        SKIP("sanitizers keep memory of their own");
        return;
    }
    wish.output = "/dev/null";
    if (!CHECK(folded(&wish, 2, &tally, &err))) printf("# %s\n", err.text);
    CHECK_INT(tally.weights, 2 * 2048 * 8192);
    CHECK_INT(tally.lost, 0); /* of zeros none is */
    check_claim(peak() - before < 48L << 10, __FILE__, __LINE__, "%ld KiB", peak() - before);
}

int main(void)
{
    RUN(memory_is_a_few_megabytes);
    return check_end();
}
