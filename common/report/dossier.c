#include "report/dossier.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static bool add_run(struct dossier *dossier, const char *path, struct err *err)
{
    if (!run_folder_is(path))
        return err_set(err,
                       "%s: is a folder, but of no run: it has neither 'metrics.jsonl' nor "
                       "'trainer_state.json'",
                       path);
    dossier->runs =
        mem_room(dossier->runs, dossier->run_count, &dossier->run_room, sizeof *dossier->runs);
    if (!run_folder_open(&dossier->runs[dossier->run_count], path, err)) return false;
    dossier->run_count++;
    return true;
}

static bool add_trend(struct dossier *dossier, const char *path, struct err *err)
{
    dossier->trends = mem_room(dossier->trends, dossier->trend_count, &dossier->trend_room,
                               sizeof *dossier->trends);
    if (!trend_open(&dossier->trends[dossier->trend_count], path, err)) return false;
    dossier->trend_count++;
    return true;
}

static bool add_results(struct dossier *dossier, const char *path, struct err *err)
{
    dossier->results = mem_room(dossier->results, dossier->result_count, &dossier->result_room,
                                sizeof *dossier->results);
    if (!results_open(&dossier->results[dossier->result_count], path, err)) return false;
    dossier->result_count++;
    return true;
}

bool dossier_add(struct dossier *dossier, const char *path, struct err *err)
{
    struct stat info;

    if (strcmp(path, "-") == 0) return add_results(dossier, path, err);
    if (stat(path, &info) != 0) return err_errno(err, "%s", path);
    if (S_ISDIR(info.st_mode)) return add_run(dossier, path, err);
    if (S_ISREG(info.st_mode) && trend_is(path)) return add_trend(dossier, path, err);
    return add_results(dossier, path, err);
}

bool dossier_compare(struct dossier *dossier, struct err *err)
{
    size_t count = dossier->result_count;

    dossier->changes = mem_zero(count + 1, sizeof *dossier->changes);
    if (count == 1) change_of_one(&dossier->changes[dossier->change_count++], &dossier->results[0]);
    for (size_t i = 1; i < count; i++) {
        if (!change_find(&dossier->changes[dossier->change_count], &dossier->results[0],
                         &dossier->results[i], err))
            return false;
        dossier->change_count++;
    }
    return true;
}

void dossier_close(struct dossier *dossier)
{
    for (size_t i = 0; i < dossier->run_count; i++) run_folder_close(&dossier->runs[i]);
    for (size_t i = 0; i < dossier->change_count; i++) change_release(&dossier->changes[i]);
    for (size_t i = 0; i < dossier->result_count; i++) results_close(&dossier->results[i]);
    for (size_t i = 0; i < dossier->trend_count; i++) trend_close(&dossier->trends[i]);
    mem_free(dossier->runs);
    mem_free(dossier->changes);
    mem_free(dossier->results);
    mem_free(dossier->trends);
    *dossier = (struct dossier){0};
}
