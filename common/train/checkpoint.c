#include "train/checkpoint.h"

#include "adapter/parameters_file.h"
#include "core/mapped.h"
#include "core/outfolder.h"
#include "place/object.h"
#include "train/step_number.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define OPTIMIZER "optimizer.safetensors"
#define RESUME "resume.json"

char *checkpoint_path(const char *run, uint64_t number)
{
    return mem_format("%s/checkpoint-%" PRIu64, run, number);
}

#define TOLD_BY "the options of this run"

static bool write_averages(const struct checkpoint *checkpoint, const char *folder, struct err *err)
{
    const struct parameter_array arrays[] = {{".exp_avg", checkpoint->m},
                                             {".exp_avg_sq", checkpoint->v}};
    const struct parameters_file file = {checkpoint->parameters, arrays, 2, TOLD_BY};
    char updates[24], *path = mem_format("%s/" OPTIMIZER, folder);
    struct st_pair note = {TEXT("step"), {updates, 0}};
    struct outfile out;
    bool good;

    note.value.len = (size_t)snprintf(updates, sizeof updates, "%" PRIu64, checkpoint->updates);
    good = outfile_open(&out, path, err) && parameters_file_write(&file, &note, &out, err) &&
           outfile_commit(&out, err);
    outfile_abandon(&out);
    mem_free(path);
    return good;
}

static int add_text(const char *text, size_t len, void *out)
{
    buffer_add(out, text, len);
    return 0;
}

/* Doubles are written with as many digits as bring them back. What is too long to be read again is
 * not written. */
bool checkpoint_write_resume(const json_t *resume, const char *folder, struct err *err)
{
    struct buffer text = {0};
    char *path = mem_format("%s/" RESUME, folder);
    bool good;

    json_dump_callback(resume, add_text, &text,
                       JSON_SORT_KEYS | JSON_INDENT(1) | JSON_REAL_PRECISION(17));
    buffer_byte(&text, '\n');
    good = (text.len <= OBJECT_LIMIT ||
            err_set(err, "%s: would be larger than %zu bytes", path, OBJECT_LIMIT)) &&
           outfile_put(path, buffer_content(&text), err);
    buffer_release(&text);
    mem_free(path);
    return good;
}

bool checkpoint_write(const struct checkpoint *checkpoint, uint64_t number, const json_t *resume,
                      struct err *err)
{
    char *path = checkpoint_path(checkpoint->run, number);
    struct outfolder folder;
    bool good = outfolder_begin(&folder, path, err);

    if (good) {
        good = checkpoint->write(checkpoint->context, folder.temporary, err) &&
               write_averages(checkpoint, folder.temporary, err) &&
               checkpoint_write_resume(resume, folder.temporary, err);
        if (good)
            good = outfolder_commit(&folder, err);
        else
            outfolder_abandon(&folder);
    }
    mem_free(path);
    return good;
}

/* Fills the arrays of a file; step is what its dictionary says under this name, or NULL. */
static bool read_arrays(const struct parameters_file *file, const char *path, uint64_t *step,
                        struct err *err)
{
    struct safetensors weights;
    bool good;

    if (!safetensors_open(&weights, path, err)) return false;
    good = parameters_file_check(file, &weights, err) &&
           (!step || step_number_parse(safetensors_metadata(&weights, "step"), step) ||
            err_set(err, "%s: 'step' is not a number of updates", path)) &&
           parameters_file_read(file, &weights, err);
    safetensors_close(&weights);
    return good;
}

static bool read_weights(const struct checkpoint *checkpoint, const char *folder, struct err *err)
{
    const struct parameter_array values = {"", checkpoint->parameters->values};
    const struct parameters_file file = {checkpoint->parameters, &values, 1, TOLD_BY};
    char *path = mem_format("%s/%s", folder, checkpoint->weights);
    const bool good = read_arrays(&file, path, NULL, err);

    mem_free(path);
    return good;
}

/* Squares have no negative average: its root would spread what is no number. */
static bool read_averages(struct checkpoint *checkpoint, const char *folder, struct err *err)
{
    const struct parameter_array arrays[] = {{".exp_avg", checkpoint->m},
                                             {".exp_avg_sq", checkpoint->v}};
    const struct parameters_file file = {checkpoint->parameters, arrays, 2, TOLD_BY};
    char *path = mem_format("%s/" OPTIMIZER, folder);
    bool good = read_arrays(&file, path, &checkpoint->updates, err);

    for (size_t i = 0; good && i < checkpoint->parameters->size; i++)
        if (checkpoint->v[i] < 0)
            good = err_set(err, "%s: an average of squares is negative", path);
    mem_free(path);
    return good;
}

json_t *checkpoint_read_resume(const char *folder, struct err *err)
{
    char *path = mem_format("%s/" RESUME, folder);
    struct object object = {0};
    struct mapped file;

    if (mapped_open(&file, path, err)) {
        object_parse(&object, (struct text){(const char *)file.at, file.len}, path, err);
        mapped_close(&file);
    }
    mem_free(path);
    return object.root;
}

json_t *checkpoint_read(struct checkpoint *checkpoint, uint64_t number, struct err *err)
{
    char *folder = checkpoint_path(checkpoint->run, number);
    json_t *resume = checkpoint_read_resume(folder, err);

    if (resume &&
        !(read_weights(checkpoint, folder, err) && read_averages(checkpoint, folder, err))) {
        json_decref(resume);
        resume = NULL;
    }
    mem_free(folder);
    return resume;
}

bool checkpoint_read_weights(const struct checkpoint *checkpoint, uint64_t number, struct err *err)
{
    char *folder = checkpoint_path(checkpoint->run, number);
    const bool good = read_weights(checkpoint, folder, err);

    mem_free(folder);
    return good;
}
