#include "generate/ends.h"

#include "check.h"

TEST(the_models_and_the_tokenizers)
{
    struct config config = {.eos = {7, 3}, .eos_count = 2};
    struct ends ends;

    ends_init(&ends, &config, 5);
    CHECK(ends_has(&ends, 7) && ends_has(&ends, 3) && ends_has(&ends, 5) && !ends_has(&ends, 0));
    ends_init(&ends, &config, 3);
    CHECK_INT(ends.count, 2);
    ends_init(&ends, &config, CONFIG_NO_ID);
    CHECK_INT(ends.count, 2);
    config.eos_count = CONFIG_EOS;
    ends_init(&ends, &config, 5);
    CHECK_INT(ends.count, CONFIG_EOS + 1);
    CHECK(ends_has(&ends, 5));
}

int main(void)
{
    RUN(the_models_and_the_tokenizers);
    return check_end();
}
