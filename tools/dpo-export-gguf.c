/* dpo-export-gguf: a model as one GGUF file, in any format that llama.cpp's quantiser has. */
#include "core/report.h"
#include "export/export.h"
#include "options/options.h"

#include <stdio.h>
#include <unistd.h>

static struct export export;
static struct imatrix imatrix;
static const char *type = "q8_0", *importance;

static const struct option_spec options[] = {
    {0, "type", OPTION_TEXT, &type, "TYPE",
     "of the weights: from q2_k to q8_0, bf16, f16, f32; see the manual"},
    {0, "imatrix", OPTION_TEXT, &importance, "FILE",
     "an importance matrix: errors count more where it is large"},
    {0, "name", OPTION_TEXT, &export.name, "TEXT", "what the file calls the model"},
    {0, "verify", OPTION_FLAG, &export.verify, NULL,
     "unpack what was packed, and say how far it is from the weights"},
    OPTION_END};

static const struct program program = {
    "dpo-export-gguf", "write a model as a GGUF file", "[MODEL|-]", options, NULL, NULL};

static void show_progress(uint64_t done, uint64_t all)
{
    char line[80];

    snprintf(line, sizeof line, "%3.0f%% of %.2f billion weights", 100 * (double)done / (double)all,
             (double)all / 1e9);
    report_progress(line);
}

static void warn(const char *sentence)
{
    report_warning("%s", sentence);
}

static void talk(void)
{
    for (int dtype = 0; export.verify && dtype < DTYPE_COUNT; dtype++) {
        const struct deviation *deviation = &export.deviations[dtype];

        if (!deviation->count) continue;
        report_note("%s: %llu weights, root mean square error %.3g, largest %.3g",
                    dtype_info((enum dtype)dtype)->name, (unsigned long long)deviation->count,
                    deviation_mean(deviation), deviation->most);
    }
    report_count("tensors", export.tensors);
    report_count("weights", export.parameters);
    report_count("bytes", export.bytes);
    report_line();
}

static void choose_type(void)
{
    struct buffer names = {0};
    struct err err;

    export.type = file_type_named(type);
    if (!export.type) {
        for (const struct file_type *each = file_types; each->name; each++)
            buffer_format(&names, "%s%s", each == file_types ? "" : ", ", each->name);
        die_usage("--type takes one of %.*s, not '%.40s'", (int)names.len, names.at, type);
    }
    if (!importance) return;
    if (dtype_info(export.type->dtype)->elements == 1 || export.type->kind == FILE_Q8_0) {
        report_warning("an importance matrix changes nothing in %s", export.type->name);
        return;
    }
    if (!imatrix_open(&imatrix, importance, &err)) die_of(&err);
    export.imatrix = &imatrix;
}

int main(int argc, char **argv)
{
    char **files = program_start(&program, argc, argv);
    struct origin origin;
    struct outfile out;
    struct err err;

    if (files[0] && files[1]) die_usage("one model at a time, not '%s', too", files[1]);
    choose_type();
    if (!settings.output && isatty(STDOUT_FILENO))
        die_usage("a GGUF file is nothing to look at: name one by -o, or redirect the output");
    if (!origin_open(&origin, files[0] ? files[0] : "-", &err)) die_of(&err);
    if (model_is_at(&origin.model, settings.output))
        die_usage("-o '%s' holds weights of the model", settings.output);
    if (!outfile_open(&out, settings.output, &err)) die_of(&err);
    export.team = team_start(settings.threads);
    export.warn = warn;
    if (report_shows_progress()) export.progress = show_progress;
    if (!export_run(&export, &origin, &out, &err)) die_of(&err);
    report_progress(NULL);
    if (!outfile_commit(&out, &err)) die_of(&err);
    talk();
    team_stop(export.team);
    origin_close(&origin);
    imatrix_close(&imatrix);
    return EXIT_DONE;
}
