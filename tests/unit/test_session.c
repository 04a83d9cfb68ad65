/* What is found where training begins. */
#include "train/session.h"

#include "check.h"
#include "core/outfolder.h"
#include "files.h"
#include "lesson.h"

#include <math.h>

static struct err err;

static struct session *plan(struct lesson *lesson, const char *run)
{
    if (!CHECK(lesson_plan(lesson))) return NULL;
    lesson->session.options.run = files_path(run);
    return &lesson->session;
}

TEST(policy_and_reference_begin_as_one)
{
    struct lesson lesson = {0};
    struct session *session = plan(&lesson, "one");

    if (!session || !CHECK(outfolder_make(session->options.run, &err))) return;
    if (!CHECK(session_prepare(session, &err))) printf("# %s\n", err.text);
    CHECK_NEAR(session->start_loss, log(2), 1e-15);
    CHECK_NEAR(session->first_loss, log(2), 1e-15);
    CHECK_NEAR(session->start_difference, 0, 0);
    lesson_close(&lesson);
}

/* Once the reference was asked. */
static bool disturb(void *context, size_t done, size_t all)
{
    struct session *session = context;

    if (done == all) session->references[0].logps[0] += 0x1p-30;
    return true;
}

TEST(a_reference_that_differs_is_seen)
{
    struct lesson lesson = {0};
    struct session *session = plan(&lesson, "differs");

    if (!session) return;
    session->reference_talk = disturb;
    session->talk.context = session;
    CHECK(!session_prepare(session, &err));
    CHECK_TEXT(err.text, "the policy differs from its reference by 9.31323e-10 before the first "
                         "update: this is a bug");
    lesson_close(&lesson);
}

TEST(a_loss_that_begins_elsewhere_is_seen)
{
    struct lesson lesson = {.loss = "ipo"};
    struct session *session = plan(&lesson, "elsewhere");

    if (!session) return;
    session->updater.pass.loss.beta = 0.2;
    CHECK(!session_prepare(session, &err));
    CHECK_TEXT(err.text, "the loss begins at 6.25 instead of 25: this is a bug");
    lesson_close(&lesson);
}

int main(void)
{
    RUN(policy_and_reference_begin_as_one);
    RUN(a_reference_that_differs_is_seen);
    RUN(a_loss_that_begins_elsewhere_is_seen);
    return check_end();
}
