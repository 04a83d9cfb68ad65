#include "lesson.h"

#include <stdio.h>

#include "exam.h"

static char train[512], eval[512], model[512];
static char *files[] = {train, NULL};

static void set_options(struct lesson *lesson)
{
    struct session *session = &lesson->session;

    snprintf(model, sizeof model, "%s", exam_path("numeric/models/qwen2"));
    snprintf(train, sizeof train, "%s", exam_path("train/data/chat.jsonl"));
    snprintf(eval, sizeof eval, "%s", exam_path("train/data/eval-chat.jsonl"));
    session->options = (struct session_options){.model = model,
                                                .run = "run",
                                                .train = files,
                                                .eval = lesson->evaluates ? eval : NULL,
                                                .template = "auto",
                                                .bits = 16,
                                                .precision = PRECISION_F32,
                                                .full = lesson->full,
                                                .memory = lesson->memory ? lesson->memory : 1 << 30,
                                                .threads = lesson->threads ? lesson->threads : 1};
    adapter_options_init(&session->options.lora);
    if (lesson->rank) session->options.lora.rank = lesson->rank;
    session->options.lora.targets.pattern = mem_copy_text("all-linear");
    session->settings =
        (struct train_settings){.loss = LOSS_DEFAULTS,
                                .batch_size = lesson->batch ? lesson->batch : 2,
                                .accumulation = 1,
                                .samples = lesson->samples,
                                .sample_tokens = 100,
                                .epochs = 1,
                                .seed = 42,
                                .adamw = {.beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8}};
}

bool lesson_plan(struct lesson *lesson)
{
    struct session *session = &lesson->session;
    struct err *err = &lesson->err;

    set_options(lesson);
    if (loss_parse(&session->settings.loss, lesson->loss ? lesson->loss : "sigmoid", err) &&
        schedule_parse(&session->settings.schedule, "constant", err)) {
        session->settings.schedule.learning_rate = 1e-3;
        if (session_load(session, err) && session_plan(session, err)) return true;
    }
    printf("# %s\n", err->text);
    return false;
}

bool lesson_open(struct lesson *lesson)
{
    if (!lesson_plan(lesson)) return false;
    policy_ready(&lesson->session.policy);
    return true;
}

bool lesson_refer(struct lesson *lesson, struct err *err)
{
    struct session *session = &lesson->session;
    const struct reference_options options = {.cache = lesson->cache,
                                              .identity = "of a test",
                                              .rows = session->policy.plan.rows,
                                              .scored = session->policy.plan.scored};

    return reference_find(&session->references[0], &session->policy, &session->train, &options,
                          err) &&
           (!lesson->evaluates || reference_find(&session->references[1], &session->policy,
                                                 &session->eval, &options, err));
}

void lesson_close(struct lesson *lesson)
{
    adapter_options_release(&lesson->session.options.lora);
    session_close(&lesson->session);
}
