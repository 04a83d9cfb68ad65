/* chrF as sacrebleu has it (tests/golden/judge/make.py), and concepts that are named. */
#include "judge/similarity.h"

#include "check.h"
#include "unit/dataset.h"

static struct judge_desk desk;

static struct text text_in(const json_t *row, const char *name)
{
    const json_t *value = json_object_get(row, name);

    return (struct text){json_string_value(value), json_string_length(value)};
}

TEST(chrf)
{
    json_t *rows = dataset_lines("tests/golden/judge/chrf.jsonl");

    CHECK(json_array_size(rows) >= 70);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        double got = similarity_chrf(text_in(row, "generated"), text_in(row, "reference"));

        check_claim(fabs(got - json_number_value(json_object_get(row, "score"))) < 1e-12, __FILE__,
                    __LINE__, "row %zu: %.15g", i + 1, got);
    }
    json_decref(rows);
}

TEST(bytes)
{
    struct buffer text = {0};

    CHECK_NEAR(similarity_chrf(TEXT("\xFF\xFE x"), TEXT("\xFF\xFEx")), 1, 1e-15);
    CHECK_NEAR(similarity_chrf((struct text){NULL, 0}, TEXT("x")), 0, 0);
    while (text.len < 100000) buffer_text(&text, "ab");
    CHECK_NEAR(similarity_chrf((struct text){text.at, text.len}, (struct text){text.at, text.len}),
               1, 1e-12);
    buffer_release(&text);
}

TEST(concepts)
{
    static const struct text list[] = {TEXT("risk_first"), TEXT("patience"), TEXT("1% rule"),
                                       TEXT("")};

    CHECK_NEAR(
        similarity_concepts(list, 3, TEXT("Risk first! Patience; the 1 percent rule."), &desk), 1,
        0);
    CHECK_NEAR(similarity_concepts(list, 3, TEXT("Risk comes first, impatience."), &desk), 0, 0);
    CHECK_NEAR(similarity_concepts(list, 2, TEXT("patience"), &desk), 0.5, 0);
    CHECK_NEAR(similarity_concepts(list, 0, TEXT("patience"), &desk), 0, 0);
    CHECK_NEAR(similarity_concepts(list + 3, 1, TEXT("patience"), &desk), 0, 0);
    CHECK_NEAR(similarity_concepts(list, 2, TEXT(""), &desk), 0, 0);
}

int main(void)
{
    RUN(chrf);
    RUN(bytes);
    RUN(concepts);
    judge_desk_release(&desk);
    return check_end();
}
