/* The KL limit: what each violation does, in order, and that it ends. */
#include "control/kl.h"

#include "check.h"
#include "hash/random.h"
#include "unit/states.h"

#include <math.h>
#include <stdlib.h>

static struct kl_control control;
static struct beta beta;
static struct kl_decision decision;
static struct err err;

/* A limit of 0.1 and a beta of 0.1, with actions in words, ended by NULL. */
static void begin(const char *const *names)
{
    kl_init(&control, 0.1);
    beta_init(&beta, 0.1, 0, 0);
    for (; *names; names++) CHECK(kl_add_action(&control, *names, &err));
}

#define BEGIN(...) begin((const char *const[]){__VA_ARGS__, NULL})

/* The next violation, at that step with KL 0.2. */
static void violate(uint64_t step, enum kl_action action, const char *words)
{
    CHECK(kl_check(&control, &beta, step, 0.2, &decision));
    CHECK_INT(decision.action, action);
    CHECK_TEXT(decision.words, words);
    CHECK(decision.step == step && decision.violation == control.violations);
    CHECK(decision.kl == 0.2 && decision.limit == 0.1);
}

TEST(names)
{
    BEGIN("halve-lr", "raise-beta", "rollback", "stop");
    CHECK_INT(control.count, 4);
    for (size_t i = 0; i < 4; i++)
        CHECK_TEXT(kl_action_name(control.actions[i]),
                   ((const char *[]){"halve-lr", "raise-beta", "rollback", "stop"})[i]);
    CHECK(!kl_add_action(&control, "halve", &err));
    CHECK_TEXT(err.text, "'--on-kl halve' is none of stop, halve-lr, raise-beta, rollback");
    while (control.count < KL_ACTION_LIMIT) CHECK(kl_add_action(&control, "stop", &err));
    CHECK(!kl_add_action(&control, "stop", &err));
    CHECK_TEXT(err.text, "'--on-kl stop' is one action more than 16");
}

TEST(within_the_limit_nothing_happens)
{
    BEGIN("halve-lr");
    CHECK(!kl_check(&control, &beta, 1, 0.1, &decision));
    CHECK(!kl_check(&control, &beta, 2, -1e-9, &decision)); /* rounding near 0 */
    kl_init(&control, 0);
    CHECK(!kl_check(&control, &beta, 3, 1e9, &decision));
    CHECK(!kl_check(&control, &beta, 3, NAN, &decision));
    CHECK(control.violations == 0 && control.rate_factor == 1);
}

TEST(stop_is_the_default)
{
    kl_init(&control, 0.1);
    violate(100, KL_STOP, "step 100: KL 0.2 is over the limit of 0.1 (violation 1): stop");
    kl_init(&control, 0.1);
    CHECK(kl_check(&control, &beta, 5, NAN, &decision));
    CHECK_TEXT(decision.words, "step 5: KL is not a number (violation 1): stop");
    CHECK(kl_check(&control, &beta, 6, INFINITY, &decision));
    CHECK_TEXT(decision.words, "step 6: KL inf is over the limit of 0.1 (violation 2): stop");
}

TEST(the_nth_takes_the_nth)
{
    BEGIN("halve-lr", "raise-beta", "rollback", "stop");
    kl_mark(&control, &beta, 50, 0.08);
    violate(100, KL_HALVE_RATE,
            "step 100: KL 0.2 is over the limit of 0.1 (violation 1): halve-lr: learning rates are "
            "times 1 -> 0.5");
    CHECK(control.rate_factor == 0.5 && decision.before == 1 && decision.after == 0.5);
    violate(200, KL_RAISE_BETA,
            "step 200: KL 0.2 is over the limit of 0.1 (violation 2): raise-beta: beta 0.1 -> "
            "0.15");
    CHECK(decision.before == 0.1 && decision.after == beta.now);
    violate(300, KL_ROLLBACK,
            "step 300: KL 0.2 is over the limit of 0.1 (violation 3): rollback: to step 50 with "
            "KL 0.08, beta 0.15 -> 0.1");
    CHECK(decision.back_to == 50 && beta.now == 0.1 && control.rate_factor == 0.5);
    violate(100, KL_STOP, "step 100: KL 0.2 is over the limit of 0.1 (violation 4): stop");
    violate(200, KL_STOP, "step 200: KL 0.2 is over the limit of 0.1 (violation 5): stop");
}

TEST(nowhere_to_go_back_to)
{
    BEGIN("rollback", "halve-lr");
    kl_mark(&control, &beta, 50, 0.11); /* over the limit */
    kl_mark(&control, &beta, 60, NAN);  /* not evaluated */
    violate(100, KL_STOP,
            "step 100: KL 0.2 is over the limit of 0.1 (violation 1): no checkpoint is under the "
            "limit to go back to; stop");
}

TEST(the_same_steps_are_not_repeated)
{
    BEGIN("halve-lr", "rollback");
    kl_mark(&control, &beta, 50, 0.05);
    kl_mark(&control, &beta, 60, 0.11);
    violate(60, KL_HALVE_RATE,
            "step 60: KL 0.2 is over the limit of 0.1 (violation 1): halve-lr: learning rates are "
            "times 1 -> 0.5");
    violate(70, KL_ROLLBACK,
            "step 70: KL 0.2 is over the limit of 0.1 (violation 2): rollback: to step 50 with KL "
            "0.05, beta 0.1 -> 0.1");
    violate(60, KL_STOP,
            "step 60: KL 0.2 is over the limit of 0.1 (violation 3): a rollback to step 50 would "
            "repeat the same steps, for the learning rate was not halved since; stop");
}

TEST(a_rollback_in_vain_is_passed_over)
{
    BEGIN("rollback", "halve-lr", "rollback");
    kl_mark(&control, &beta, 50, 0.05);
    violate(60, KL_HALVE_RATE,
            "step 60: KL 0.2 is over the limit of 0.1 (violation 1): a rollback to step 50 would "
            "repeat the same steps, for the learning rate was not halved since; halve-lr: learning "
            "rates are times 1 -> 0.5");
    violate(70, KL_HALVE_RATE,
            "step 70: KL 0.2 is over the limit of 0.1 (violation 2): halve-lr: learning rates are "
            "times 0.5 -> 0.25");
    violate(80, KL_ROLLBACK,
            "step 80: KL 0.2 is over the limit of 0.1 (violation 3): rollback: to step 50 with KL "
            "0.05, beta 0.1 -> 0.1");
}

TEST(beta_at_its_bound)
{
    BEGIN("raise-beta");
    for (int i = 0; i < 4; i++) CHECK(kl_check(&control, &beta, 10, 0.2, &decision));
    CHECK(decision.action == KL_RAISE_BETA && beta.now == 0.4);
    violate(20, KL_STOP,
            "step 20: KL 0.2 is over the limit of 0.1 (violation 5): beta is at its bound of 0.4; "
            "stop");
    BEGIN("raise-beta", "raise-beta", "halve-lr");
    beta.now = 0.4;
    violate(20, KL_HALVE_RATE,
            "step 20: KL 0.2 is over the limit of 0.1 (violation 1): beta is at its bound of 0.4; "
            "halve-lr: learning rates are times 1 -> 0.5");
}

TEST(rates_are_halved_twenty_times)
{
    BEGIN("halve-lr");
    for (int i = 0; i < 20; i++) {
        CHECK(kl_check(&control, &beta, 10, 0.2, &decision));
        CHECK(decision.action == KL_HALVE_RATE);
    }
    CHECK(control.rate_factor == 0x1p-20);
    violate(20, KL_STOP,
            "step 20: KL 0.2 is over the limit of 0.1 (violation 21): learning rates are times "
            "9.537e-07 already; stop");
}

TEST(lists_that_only_repeat)
{
    BEGIN("rollback", "halve-lr");
    CHECK(kl_only_repeats(&control));
    BEGIN("raise-beta", "rollback"); /* beta is restored */
    CHECK(kl_only_repeats(&control));
    BEGIN("halve-lr", "rollback");
    CHECK(!kl_only_repeats(&control));
    BEGIN("stop");
    CHECK(!kl_only_repeats(&control));
}

/* A model that drifts away at a speed of rate / beta, is evaluated each 10 updates and saved then,
 * under the law of exact resume: everything comes from what was saved. */
struct drifter {
    double drift, saved[100];
    uint64_t step;
};

static bool drift(struct drifter *model, double speed)
{
    double kl;

    for (int i = 0; i < 10; i++) model->drift += speed * control.rate_factor * 0.1 / beta.now;
    model->step += 10;
    kl = model->drift;
    if (kl_check(&control, &beta, model->step, kl, &decision)) {
        if (decision.action == KL_STOP) return false;
        if (decision.action == KL_ROLLBACK) {
            model->step = decision.back_to;
            model->drift = model->saved[model->step / 10];
            return true;
        }
    }
    model->saved[model->step / 10] = model->drift;
    kl_mark(&control, &beta, model->step, kl);
    return true;
}

TEST(a_model_that_drifts)
{
    const enum kl_action want[] = {KL_HALVE_RATE, KL_RAISE_BETA, KL_ROLLBACK, KL_STOP};
    const uint64_t at[] = {30, 40, 50, 30};
    struct drifter model = {0};
    size_t taken = 0;
    bool more = true;

    BEGIN("halve-lr", "raise-beta", "rollback", "stop");
    while (more && model.step < 900) {
        const uint64_t before = control.violations;

        more = drift(&model, 0.0045);
        if (control.violations == before) continue;
        if (!CHECK(taken < 4)) return;
        CHECK_INT(decision.action, want[taken]);
        CHECK_INT(decision.step, at[taken]);
        taken++;
    }
    CHECK_INT(taken, 4);
    CHECK(!more && control.violations == 4);
}

/* With halvings before it, a rollback saves the run: from 20 on at an eighth of the rate. */
TEST(a_model_that_is_saved)
{
    struct drifter model = {0};

    BEGIN("halve-lr", "halve-lr", "halve-lr", "rollback");
    while (model.step < 150 && CHECK(drift(&model, 0.001))) continue;
    CHECK(control.violations == 4 && control.rate_factor == 0.125);
    CHECK(model.step == 150 && model.drift < 0.1);
}

static double power_of_half(double factor)
{
    int exponent;

    return frexp(factor, &exponent);
}

/* One run with random actions and KLs: what holds whatever they are. */
static void check_random_run(struct random *random)
{
    uint64_t rollbacks = 0, step = 0;
    double factor = 1;

    kl_init(&control, 0.1);
    beta_init(&beta, 0.1, random_upto(random, 1) ? 0.1 : 0, 0);
    control.count = random_upto(random, 5);
    for (size_t i = 0; i < control.count; i++)
        control.actions[i] = (enum kl_action)random_upto(random, KL_ACTIONS - 1);
    for (int i = 0; i < 300; i++) {
        const double kl = 0.14 * random_unit(random);
        const uint64_t violations = control.violations;
        struct beta_change change;
        const bool over = kl_check(&control, &beta, ++step, kl, &decision);

        CHECK(over == (kl > 0.1) && control.violations == violations + over);
        CHECK(control.rate_factor == factor || control.rate_factor == factor / 2);
        CHECK(power_of_half(control.rate_factor) == 0.5);
        factor = control.rate_factor;
        if (over && decision.action == KL_STOP) break;
        if (over && decision.action == KL_ROLLBACK) {
            CHECK(decision.back_to < step && beta.now == control.mark_beta);
            step = decision.back_to;
            rollbacks++;
            continue;
        }
        beta_follow(&beta, step, kl, &change);
        CHECK(beta.now >= 0.025 && beta.now <= 0.4);
        if (random_upto(random, 2) == 0) kl_mark(&control, &beta, step, kl);
    }
    CHECK(rollbacks <= 20 && ldexp(factor, (int)rollbacks) <= 1); /* a halving for each */
}

TEST(what_holds_for_any_run)
{
    struct random random;

    random_init(&random, 7);
    for (int run = 0; run < 500; run++) check_random_run(&random);
}

static void save_and_load(void)
{
    json_t *saved = state_reread(kl_save(&control));
    struct kl_control back;

    kl_init(&back, control.limit);
    memcpy(back.actions, control.actions, sizeof back.actions);
    back.count = control.count;
    CHECK(kl_load(&back, saved, &err));
    json_decref(saved);
    control = back;
}

TEST(the_last_one_is_held_to_the_limit)
{
    BEGIN("stop");
    CHECK(kl_check_last(&control, 20, 0.1, &err));
    CHECK(!kl_check_last(&control, 20, 0.2, &err));
    CHECK_TEXT(err.text, "the result does not keep the KL limit of 0.1: its KL is 0.2, at step 20");
    CHECK(!kl_check_last(&control, 20, (double)NAN, &err));
    kl_init(&control, 0);
    CHECK(kl_check_last(&control, 20, 0.2, &err));
    CHECK(kl_check_last(&control, 20, (double)NAN, &err));
}

TEST(goes_on_after_loading)
{
    char words[2][4][sizeof decision.words] = {{{0}}};

    for (int cut = 0; cut < 2; cut++) {
        BEGIN("halve-lr", "raise-beta", "rollback", "stop");
        kl_mark(&control, &beta, 50, 0.0123456789);
        for (int i = 0; i < 4; i++) {
            if (cut) save_and_load();
            CHECK(kl_check(&control, &beta, 100, 0.2 + i, &decision));
            memcpy(words[cut][i], decision.words, sizeof decision.words);
        }
    }
    CHECK(memcmp(words[0], words[1], sizeof words[0]) == 0);
}

static void refuse(const char *member, const char *value, const char *why)
{
    json_t *saved = state_with(kl_save(&control), member, value);
    struct kl_control back = control;

    CHECK(!kl_load(&back, saved, &err));
    CHECK_TEXT(err.text, why);
    CHECK(back.violations == control.violations && back.rate_factor == control.rate_factor);
    json_decref(saved);
}

TEST(bad_states_are_refused)
{
    kl_init(&control, 0.1);
    refuse("violations", "-1", "'violations' is not a whole number");
    refuse("rate_factor", "0", "'rate_factor' is 0: it is above 0 and 1 at most");
    refuse("rate_factor", "2.0", "'rate_factor' is 2: it is above 0 and 1 at most");
    refuse("rate_factor", "\"nan\"", "'rate_factor' is nan: it is above 0 and 1 at most");
    refuse("mark_beta", NULL, "there is no 'mark_beta'");
}

int main(void)
{
    RUN(names);
    RUN(within_the_limit_nothing_happens);
    RUN(stop_is_the_default);
    RUN(the_nth_takes_the_nth);
    RUN(nowhere_to_go_back_to);
    RUN(the_same_steps_are_not_repeated);
    RUN(a_rollback_in_vain_is_passed_over);
    RUN(beta_at_its_bound);
    RUN(rates_are_halved_twenty_times);
    RUN(lists_that_only_repeat);
    RUN(a_model_that_drifts);
    RUN(a_model_that_is_saved);
    RUN(what_holds_for_any_run);
    RUN(the_last_one_is_held_to_the_limit);
    RUN(goes_on_after_loading);
    RUN(bad_states_are_refused);
    return check_end();
}
