#include "train/session.h"

#include "check.h"
#include "core/number.h"
#include "lesson.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a size in a text says: as options read it. */
static size_t size_at(const char *text)
{
    char *unit;
    const size_t number = strtoull(text, &unit, 10);

    return *unit == 'M' ? number << 20 : *unit == 'K' ? number << 10 : number;
}

/* The memory that a run says it needs, when it has next to none. */
static size_t said_least(struct lesson lesson)
{
    static const char begin[] = "training needs ";
    size_t size = 0;

    lesson.memory = 1000;
    CHECK(!lesson_open(&lesson));
    if (CHECK(strncmp(lesson.err.text, begin, strlen(begin)) == 0))
        size = size_at(lesson.err.text + strlen(begin));
    CHECK(strstr(lesson.err.text, " and --memory is 1000") != NULL);
    lesson_close(&lesson);
    return size;
}

/* Returns what is planned. */
static size_t plan_within(struct lesson lesson, size_t memory, size_t *kept)
{
    size_t bytes = 0;

    lesson.memory = memory;
    if (CHECK(lesson_open(&lesson))) {
        const size_t parameters = lesson.session.policy.parameters->size;

        bytes = lesson.session.bytes;
        CHECK(bytes <= memory);
        CHECK(bytes >= 4 * parameters * sizeof(float) + lesson.session.policy.plan.bytes);
        *kept = lesson.session.policy.plan.kept;
    }
    lesson_close(&lesson);
    return bytes;
}

TEST(the_plan_holds_all_and_what_it_says_is_enough)
{
    const struct lesson lessons[] = {
        {.full = true},
        {.full = true, .evaluates = true},
        {.rank = 256},
        {.rank = 256, .evaluates = true, .samples = 3},
        {.rank = 1, .loss = "sigmoid+0.5*sft", .batch = 1},
    };

    for (size_t i = 0; i < sizeof lessons / sizeof *lessons; i++) {
        const size_t least = said_least(lessons[i]);
        size_t kept = 0, planned, before;

        planned = plan_within(lessons[i], least, &kept);
        CHECK(planned > least - least / 8);
        CHECK(kept < 3);
        for (size_t more = 1; more < 10; more++) {
            before = planned;
            planned = plan_within(lessons[i], least + more * (least / 8), &kept);
            CHECK(planned >= before);
        }
        plan_within(lessons[i], (size_t)1 << 30, &kept);
        CHECK_INT(kept, 3);
    }
}

/* Bytes of this program's own memory that are in use. */
static size_t resident(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    size_t kilobytes = 0;

    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "RssAnon: %zu", &kilobytes) == 1) break;
    if (file) fclose(file);
    return kilobytes << 10;
}

static void check_used(struct lesson lesson)
{
    struct session *session = &lesson.session;
    const size_t before = resident();
    struct update update;
    struct evaluated evaluated;
    size_t used;

    lesson.evaluates = true;
    if (!CHECK(lesson_open(&lesson)) || !CHECK(lesson_refer(&lesson, &lesson.err))) return;
    updater_init(&session->updater, &session->settings.adamw);
    evaluator_init(&session->evaluator, session->policy.plan.scored);
    CHECK(updater_run(&session->updater, 0, 1e-4, &update, &lesson.err));
    CHECK(evaluator_run(&session->evaluator, &evaluated, &lesson.err));
    used = resident() - before;
    printf("# %zu kB planned, %zu kB used\n", session->bytes >> 10, used >> 10);
    CHECK((double)used < 1.05 * (double)session->bytes);
    CHECK((double)used > 0.85 * (double)session->bytes);
    lesson_close(&lesson);
}

TEST(no_more_is_used_than_planned)
{
    if (CHECK_SLOW) {
        SKIP("sanitizers use memory of their own");
        return;
    }
    check_used((struct lesson){.rank = 4096});
    check_used((struct lesson){.rank = 2048, .batch = 8});
}

int main(void)
{
    RUN(the_plan_holds_all_and_what_it_says_is_enough);
    RUN(no_more_is_used_than_planned);
    return check_end();
}
