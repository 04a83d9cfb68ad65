/* What a user asks of the metrics. */
#include "eval/gate.h"

#include "check.h"

static struct err err;

struct world {
    bool baseline, previous;
};

/* answer_accuracy is 0.6, in the baseline 0.55, before 0.58; kl is NaN; p is 0.18. */
static bool find(void *context, enum gate_source source, struct text name, double *value)
{
    const struct world *world = context;
    const bool accuracy = name.len == 0 || text_is(name, "answer_accuracy");

    *value = NAN;
    if (text_is(name, "kl")) return source == GATE_NOW;
    if (!accuracy) return false;
    *value = source == GATE_NOW          ? 0.6
             : source == GATE_BASELINE   ? 0.55
             : source == GATE_PREVIOUS   ? 0.58
             : source == GATE_P          ? 0.18
             : source == GATE_DIFFERENCE ? 0.05
                                         : -0.03;
    return source == GATE_NOW || (source == GATE_PREVIOUS ? world->previous : world->baseline);
}

/* What becomes of a gate: 'met', or why not. */
static const char *outcome(const char *text, bool baseline, bool previous)
{
    struct world world = {baseline, previous};
    const struct gate_numbers numbers = {find, &world, "answer_accuracy, kl"};
    struct gate gate;

    if (!gate_parse(&gate, text, &err) || !gate_known(&gate, &numbers, &err)) return err.text;
    return gate_check(&gate, &numbers, &err) ? "met" : err.text;
}

#define IS(text, want) CHECK_TEXT(outcome((text), true, true), (want))
#define PLAIN(text, want) CHECK_TEXT(outcome((text), false, false), (want))

TEST(numbers)
{
    PLAIN("answer_accuracy >= 0.6", "met");
    PLAIN("answer_accuracy>0.5", "met");
    PLAIN("  answer_accuracy  <  1  ", "met");
    PLAIN("answer_accuracy = 0.6", "met");
    PLAIN("answer_accuracy == 0.6", "met");
    PLAIN("answer_accuracy != 0.5", "met");
    PLAIN("answer_accuracy <= 6e-1", "met");
    PLAIN("answer_accuracy > 0.6", "gate not met: answer_accuracy is 0.6, not > 0.6");
    PLAIN("answer_accuracy != 0.6", "gate not met: answer_accuracy is 0.6, not != 0.6");
    PLAIN("answer_accuracy<-1", "gate not met: answer_accuracy is 0.6, not < -1");
}

TEST(against_a_baseline_or_before)
{
    IS("answer_accuracy > baseline", "met");
    IS("answer_accuracy > baseline + 0.04", "met");
    IS("answer_accuracy>baseline+0.04", "met");
    IS("answer_accuracy >= baseline - 0.02", "met");
    IS("answer_accuracy > previous", "met");
    IS("answer_accuracy > baseline + 0.08",
       "gate not met: answer_accuracy is 0.6, not > baseline + 0.08 = 0.63");
    IS("answer_accuracy < baseline -0.05",
       "gate not met: answer_accuracy is 0.6, not < baseline - 0.05 = 0.5");
    IS("answer_accuracy = baseline", "gate not met: answer_accuracy is 0.6, not = baseline = 0.55");
    IS("answer_accuracy > previous + 0.5",
       "gate not met: answer_accuracy is 0.6, not > previous + 0.5 = 1.08");
}

TEST(of_the_comparison)
{
    IS("p < 0.2", "met");
    IS("p(answer_accuracy) < 0.2", "met");
    IS("difference(answer_accuracy) > 0.04", "met");
    IS("low(answer_accuracy)>-0.05", "met");
    IS("p < 0.05", "gate not met: p is 0.18, not < 0.05");
    IS("p(answer_accuracy) < 0.05", "gate not met: p(answer_accuracy) is 0.18, not < 0.05");
    IS("low(answer_accuracy) > 0", "gate not met: low(answer_accuracy) is -0.03, not > 0");
}

TEST(what_cannot_be_told_is_not_met)
{
    PLAIN("kl < 1", "gate not met: kl cannot be told from these records");
    PLAIN("kl != 1", "gate not met: kl cannot be told from these records");
    PLAIN("kl >= 1", "gate not met: kl cannot be told from these records");
}

TEST(what_is_not_there)
{
    PLAIN("fun >= 1", "--gate: 'fun' is not measured; there are answer_accuracy, kl");
    IS("p(fun) < 1", "--gate: 'fun' is not measured; there are answer_accuracy, kl");
    IS("p(kl) < 1", "--gate: 'p(kl)' needs a baseline in which it was measured, too");
    IS("kl > baseline", "--gate: the baseline has no 'kl'");
    PLAIN("p < 0.05", "--gate: 'p' needs a baseline in which it was measured, too");
    PLAIN("low(answer_accuracy) > 0",
          "--gate: 'low(answer_accuracy)' needs a baseline in which it was measured, too");
    PLAIN("answer_accuracy > baseline", "--gate: the baseline has no 'answer_accuracy'");
    PLAIN("answer_accuracy > previous", "--gate: no earlier 'answer_accuracy' is known");
}

#define FORM "--gate takes 'METRIC OP VALUE' with < <= > >= = or !=, not "
#define VALUE(text) "--gate: '" text "' is not a number"
#define TERM(base, text) "--gate: behind '" base "' stands '+ X' or '- X', as not in '" text "'"

#define OF(metric, text)                                                                           \
    "--gate: '" metric "' is of a comparison: it is held against a number, not '" text "'"

TEST(what_is_no_gate)
{
    PLAIN("", FORM "''");
    PLAIN("margin", FORM "'margin'");
    PLAIN("margin 1", FORM "'margin 1'");
    PLAIN("> 1", FORM "'> 1'");
    PLAIN("a ! 1", FORM "'a ! 1'");
    PLAIN("a b > 1", FORM "'a b > 1'");
    PLAIN("p() < 1", FORM "'p() < 1'");
    PLAIN("p(a < 1", FORM "'p(a < 1'");
    PLAIN("low(a)b < 1", FORM "'low(a)b < 1'");
    PLAIN("a > ", VALUE(""));
    PLAIN("a > much", VALUE("much"));
    PLAIN("a > 1 2", VALUE("1 2"));
    PLAIN("a > nan", VALUE("nan"));
    PLAIN("a > baselines", TERM("baseline", "baselines"));
    PLAIN("a > baseline * 2", TERM("baseline", "baseline * 2"));
    PLAIN("a > baseline + ", TERM("baseline", "baseline + "));
    PLAIN("a > baseline + -1", TERM("baseline", "baseline + -1"));
    PLAIN("a > baseline 0.5", TERM("baseline", "baseline 0.5"));
    PLAIN("a > previous + x", TERM("previous", "previous + x"));
    PLAIN("a > 0x", VALUE("0x"));
    PLAIN("a >> 1", VALUE("> 1"));
    PLAIN("p < previous", OF("p", "previous"));
    PLAIN("p(a) < baseline", OF("p(a)", "baseline"));
    PLAIN("low(a) >= baseline - 1", OF("low(a)", "baseline - 1"));
    PLAIN("difference(a) > previous + 2", OF("difference(a)", "previous + 2"));
    PLAIN("difference(a) > baseline x", OF("difference(a)", "baseline x"));
}

TEST(long_words_are_cut)
{
    char text[400];

    memset(text, 'x', sizeof text);
    memcpy(text + 300, " > 1", 5);
    CHECK(strlen(outcome(text, false, false)) < 150);
    text[300] = '\0';
    CHECK(strlen(outcome(text, false, false)) < 200);
    memcpy(text, "a > ", 4);
    CHECK(strlen(outcome(text, false, false)) < 200);
}

/* A memory of nothing: whatever should rise or fall, the first run cannot be worse. */
static bool find_first(void *context, enum gate_source source, struct text name, double *value)
{
    (void)context, (void)name;
    *value = source == GATE_NOW ? 0.5 : NAN;
    return true;
}

TEST(the_first_run_of_all)
{
    const struct gate_numbers numbers = {.find = find_first};
    static const char *const texts[] = {"a > previous", "a <= previous", "a < previous - 1"};
    struct gate gate;

    for (size_t i = 0; i < 3; i++) {
        CHECK(gate_parse(&gate, texts[i], &err) && gate_is_first(&gate, &numbers));
        CHECK(gate_check(&gate, &numbers, &err));
    }
    CHECK(gate_parse(&gate, "a > baseline", &err) && !gate_is_first(&gate, &numbers));
    CHECK(!gate_check(&gate, &numbers, &err));
}

/* Before the work nothing has its number yet, and nothing is wrong. */
static bool find_later(void *context, enum gate_source source, struct text name, double *value)
{
    (void)context, (void)source, (void)name;
    *value = NAN;
    return true;
}

TEST(asked_before_the_work)
{
    const struct gate_numbers numbers = {.find = find_later};
    struct gate gate;

    CHECK(gate_parse(&gate, "p(kl) > 1", &err) && gate_known(&gate, &numbers, &err));
    CHECK(gate.source == GATE_P && !gate.relative && gate.value == 1);
    CHECK(text_is(gate.name, "kl") && text_is(gate.shown, "p(kl)"));
    CHECK(gate_parse(&gate, "kl > baseline + 1", &err) && gate_known(&gate, &numbers, &err));
    CHECK(gate.source == GATE_NOW && gate.base == GATE_BASELINE && gate.relative);
}

int main(void)
{
    RUN(numbers);
    RUN(against_a_baseline_or_before);
    RUN(of_the_comparison);
    RUN(what_cannot_be_told_is_not_met);
    RUN(what_is_not_there);
    RUN(what_is_no_gate);
    RUN(long_words_are_cut);
    RUN(the_first_run_of_all);
    RUN(asked_before_the_work);
    return check_end();
}
