/* Beta that follows the KL, and its bounds. */
#include "control/beta.h"

#include "check.h"
#include "unit/states.h"

TEST(follows_the_target)
{
    struct beta beta;
    struct beta_change change;

    beta_init(&beta, 0.1, 0.1, 10);
    CHECK(!beta_follow(&beta, 9, 0, &change)); /* warm-up */
    CHECK(beta_follow(&beta, 10, 0.11, &change));
    CHECK(change.before == 0.1 && change.after == beta.now);
    CHECK_NEAR(beta.now, 0.11, 1e-15);
    CHECK_TEXT(change.words, "step 10: KL 0.11 is above the target of 0.1: beta 0.1 -> 0.11");
    CHECK(beta_follow(&beta, 20, 0.04, &change));
    CHECK_NEAR(beta.now, 0.099, 1e-15);
    CHECK_TEXT(change.words,
               "step 20: KL 0.04 is below half of the target of 0.1: beta 0.11 -> 0.099");
    CHECK(!beta_follow(&beta, 30, 0.1, &change)); /* neither */
    CHECK(!beta_follow(&beta, 40, 0.05, &change));
    CHECK(!beta_follow(&beta, 50, NAN, &change));
    CHECK_NEAR(beta.now, 0.099, 1e-15);
}

TEST(stays_within_its_bounds)
{
    struct beta beta;
    struct beta_change change;
    int up = 0, down = 0;

    beta_init(&beta, 0.2, 0.1, 0);
    while (beta_follow(&beta, (uint64_t)up, 1, &change) && up < 100) up++;
    CHECK(beta.now == 0.8 && up == 15); /* 1.1^14 < 4 < 1.1^15 */
    while (beta_follow(&beta, 100 + (uint64_t)down, 0, &change) && down < 100) down++;
    CHECK(beta.now == 0.05 && down == 27); /* 0.9^26 > 1/16 > 0.9^27 */
    beta_restore(&beta, 7, 5);
    CHECK(beta.now == 0.8);
}

TEST(no_target_no_change)
{
    struct beta beta;
    struct beta_change change;

    beta_init(&beta, 0.1, 0, 0);
    CHECK(!beta_follow(&beta, 10, 5, &change));
    CHECK(beta.now == 0.1);
}

TEST(one_change_an_evaluation)
{
    struct beta beta;
    struct beta_change change;

    beta_init(&beta, 0.1, 0.1, 0);
    CHECK(beta_scale(&beta, 0, 1.5));
    CHECK(!beta_follow(&beta, 0, 1, &change));
    CHECK(beta_follow(&beta, 1, 1, &change));
    CHECK(!beta_follow(&beta, 1, 1, &change));
}

TEST(goes_on_after_loading)
{
    struct beta whole, cut;
    struct beta_change change;
    struct err err;
    json_t *saved;

    beta_init(&whole, 0.1, 0.1, 0);
    beta_init(&cut, 0.1, 0.1, 0);
    for (uint64_t step = 0; step < 60; step++) {
        const double kl = step % 7 < 4 ? 0.2 : 0.01;

        CHECK(beta_follow(&whole, step, kl, &change) == beta_follow(&cut, step, kl, &change));
        saved = state_reread(beta_save(&cut));
        beta_init(&cut, 0.1, 0.1, 0);
        CHECK(beta_load(&cut, saved, &err) && cut.now == whole.now);
        json_decref(saved);
    }
}

TEST(bad_states_are_refused)
{
    struct beta beta;
    struct err err;
    json_t *saved;

    beta_init(&beta, 0.1, 0, 0);
    saved = state_with(beta_save(&beta), "now", "0.5");
    CHECK(!beta_load(&beta, saved, &err));
    CHECK_TEXT(err.text, "beta is 0.5: it stays between 0.025 and 0.4");
    json_decref(saved);
    saved = state_with(beta_save(&beta), "now", "\"nan\"");
    CHECK(!beta_load(&beta, saved, &err));
    CHECK_TEXT(err.text, "beta is nan: it stays between 0.025 and 0.4");
    json_decref(saved);
    saved = state_with(beta_save(&beta), "changed_step", NULL);
    CHECK(!beta_load(&beta, saved, &err));
    CHECK_TEXT(err.text, "there is no 'changed_step'");
    json_decref(saved);
    CHECK(beta.now == 0.1);
}

int main(void)
{
    RUN(follows_the_target);
    RUN(stays_within_its_bounds);
    RUN(no_target_no_change);
    RUN(one_change_an_evaluation);
    RUN(goes_on_after_loading);
    RUN(bad_states_are_refused);
    return check_end();
}
