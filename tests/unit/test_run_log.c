/* A run's log read for people: what is damaged is noted, what was done anew replaces the first. */
#include "report/command.h"

#include "check.h"
#include "unit/files.h"

static struct run_log run_log;
static struct err err;

static bool read_text(const char *text)
{
    run_log_release(&run_log);
    return run_log_read(&run_log, files_text("metrics.jsonl", text), &err);
}

/* 'x:y x:y' */
static const char *points(const char *name)
{
    static char out[500];
    const struct run_series *series = run_log_series(&run_log, name);
    size_t len = 0;

    if (!series) return "none";
    *out = '\0';
    for (size_t i = 0; i < series->count; i++)
        len += (size_t)snprintf(out + len, sizeof out - len, "%s%g:%g", i ? " " : "", series->x[i],
                                series->y[i]);
    return out;
}

TEST(entries)
{
    CHECK(read_text("{\"loss\":0.5,\"x\":null,\"step\":1}\n{\"eval_loss\":2,\"step\":1}\n"
                    "{\"loss\":0.25,\"words\":\"a\",\"step\":2}\n"));
    CHECK_TEXT(points("loss"), "1:0.5 2:0.25");
    CHECK_TEXT(points("eval_loss"), "1:2");
    CHECK_TEXT(points("x"), "1:nan");
    CHECK_TEXT(points("step"), "none");
    CHECK_TEXT(points("words"), "none");
    CHECK_NEAR(run_log.last_step, 2, 0);
    CHECK(!run_log.cut_off && run_log.left_out == 0);
}

TEST(rollbacks)
{
    CHECK(
        read_text("{\"loss\":1,\"step\":1}\n{\"loss\":2,\"step\":2}\n{\"loss\":3,\"step\":3}\n"
                  "{\"event\":\"rollback\",\"limit\":0.1,\"step\":1}\n{\"loss\":4,\"step\":2}\n"));
    CHECK_TEXT(points("loss"), "1:1 2:4");
    CHECK_INT(run_log.event_count, 1);
    CHECK_TEXT(run_log.events[0].name, "rollback");
    CHECK(run_log.events[0].words == NULL);
    CHECK_NEAR(run_log.limit, 0.1, 0);
}

TEST(samples)
{
    CHECK(
        read_text("{\"sample\":0,\"prompt\":\"p\",\"step\":1}\n"
                  "{\"sample\":1,\"prompt\":\"q\",\"step\":1}\n"
                  "{\"sample\":0,\"prompt\":\"r\",\"trained_model_response\":\"t\",\"step\":2}\n"));
    CHECK_INT(run_log.sample_count, 2);
    CHECK_TEXT(run_log.samples[0].prompt, "r");
    CHECK_TEXT(run_log.samples[0].trained, "t");
    CHECK(run_log.samples[0].reference == NULL);
}

TEST(damage)
{
    CHECK(read_text("{\"loss\":1,\"step\":1}\n{\"loss\"\n[]\n{\"loss\":1}\n{\"step\":\"1\"}\n"
                    "{\"loss\":2,\"step\":2}\n{\"loss\":3,\"st"));
    CHECK_TEXT(points("loss"), "1:1 2:2");
    CHECK(run_log.cut_off);
    CHECK_INT(run_log.left_out, 4);
    CHECK(strstr(run_log.notes[1], "metrics.jsonl:3: is not an object: left out") != NULL);
    CHECK(strstr(run_log.notes[2], "metrics.jsonl:4: has no 'step': left out") != NULL);
    CHECK(read_text("x\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\n"));
    CHECK_INT(run_log.note_count, 10);
    CHECK_INT(run_log.left_out, 12);
    CHECK(read_text("{\"loss\":3,\"step\":1}"));
    CHECK(!run_log.cut_off);
    CHECK(!run_log_read(&run_log, "/nonexistent", &err));
    CHECK_TEXT(err.text, "/nonexistent: No such file or directory");
}

TEST(too_many_names)
{
    struct buffer line = {0};

    buffer_byte(&line, '{');
    for (int i = 0; i < 1000; i++) buffer_format(&line, "\"n%d\":1,", i);
    buffer_text(&line, "\"step\":1}");
    run_log_release(&run_log);
    run_log_add(&run_log, "here", (struct text){line.at, line.len});
    CHECK_INT(run_log.series_count, 256);
    CHECK_INT(run_log.left_out, 1);
    CHECK_TEXT(run_log.notes[0], "the log has more than 256 names of numbers");
    buffer_release(&line);
}

TEST(folders)
{
    struct run_folder run;
    struct buffer command = {0};
    char *folder;

    files_text("run/metrics.jsonl", "{\"loss\":1,\"step\":8}\n");
    files_text("run/dpo_metadata.json", "{\"best_step\":4,\"adapter\":{\"rank\":8,\"x\":null}}");
    files_text("run/dpo-train.conf",
               "model = it's\n# beta = 0.1\nkl-limit = 0.5\nresume = \"yes\"\n"
               "on-kl = [stop, rollback]\noutput = run\n");
    folder = mem_copy_text(files_path("run"));
    CHECK(run_folder_is(folder));
    CHECK(run_folder_open(&run, folder, &err));
    CHECK_TEXT(run.name, "run");
    CHECK_TEXT(facts_find(&run.metadata, "adapter.rank"), "8");
    CHECK(facts_find(&run.metadata, "adapter.x") == NULL);
    CHECK_NEAR(run_folder_limit(&run), 0.5, 0);
    CHECK_NEAR(run_folder_result(&run), 4, 0);
    CHECK(run_folder_finished(&run));
    CHECK(command_of_run(&run, &command));
    buffer_byte(&command, '\0');
    CHECK_TEXT(command.at, "dpo-train --model 'it'\\''s' --kl-limit 0.5 --resume --on-kl stop"
                           " --on-kl rollback -o NEW_RUN TRAIN.jsonl");
    buffer_release(&command);
    run_folder_close(&run);
    files_text("run/dpo-train.conf", "beta\n");
    files_text("run/dpo_metadata.json", "[]");
    CHECK(run_folder_open(&run, folder, &err));
    CHECK(!run.has_options && !run.has_metadata && !run_folder_finished(&run));
    CHECK_INT(run.log.note_count, 2);
    CHECK(!command_of_run(&run, &command));
    run_folder_close(&run);
    mem_free(folder);
}

/* json.dump of Python writes bare NaN and Infinity; in a string they are words. */
TEST(no_numbers_of_python)
{
    struct run_folder run;
    char *folder;

    files_text("trl/trainer_state.json",
               "{\"best_metric\":NaN,\"global_step\":4,\"log_history\":[{\"loss\":0.5,\"step\":1},"
               "{\"loss\":NaN,\"note\":\"\\\"NaN\",\"step\":2},{\"loss\":-Infinity,\"step\":3},"
               "{\"loss\":Infinity,\"step\":4}],\"max_steps\":4,\"word\":\"\\\\NaN\"}");
    folder = mem_copy_text(files_path("trl"));
    CHECK(run_folder_open(&run, folder, &err));
    CHECK_INT(run.log.left_out, 0);
    run_log_release(&run_log);
    run_log = run.log;
    run_log_init(&run.log);
    CHECK_TEXT(points("loss"), "1:0.5 2:nan 3:nan 4:nan");
    CHECK_TEXT(facts_find(&run.state, "word"), "\\NaN");
    CHECK(run_folder_finished(&run));
    run_folder_close(&run);
    mem_free(folder);
}

int main(void)
{
    run_log_init(&run_log);
    RUN(entries);
    RUN(rollbacks);
    RUN(samples);
    RUN(damage);
    RUN(too_many_names);
    RUN(folders);
    RUN(no_numbers_of_python);
    run_log_release(&run_log);
    return check_end();
}
