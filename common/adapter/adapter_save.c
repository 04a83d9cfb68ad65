#include "adapter/adapter.h"
#include "adapter/adapter_config.h"
#include "adapter/parameters_file.h"

#include <errno.h>
#include <sys/stat.h>

static bool write_weights(const struct adapter *adapter, struct outfile *out, struct err *err)
{
    const struct parameter_array values = {"", adapter->parameters.values};
    const struct parameters_file file = {&adapter->parameters, &values, 1, NULL};

    return parameters_file_write(&file, NULL, out, err);
}

static bool write_config(const struct adapter_options *options, struct outfile *out,
                         struct err *err)
{
    struct buffer text = {0};
    bool good;

    adapter_config_write(options, &text);
    good = outfile_write(out, text.at, text.len, err);
    buffer_release(&text);
    return good;
}

static bool save(const struct adapter *adapter, const char *weights, const char *config,
                 struct err *err)
{
    struct outfile files[2];
    struct outfile *const both[] = {&files[0], &files[1]};
    bool good;

    if (!outfile_open(&files[0], weights, err)) return false;
    if (!outfile_open(&files[1], config, err)) {
        outfile_abandon(&files[0]);
        return false;
    }
    good = write_weights(adapter, &files[0], err) &&
           write_config(&adapter->options, &files[1], err) && outfile_commit_all(both, 2, err);
    if (!good) {
        outfile_abandon(&files[0]);
        outfile_abandon(&files[1]);
    }
    return good;
}

bool adapter_save(const struct adapter *adapter, const char *path, struct err *err)
{
    char *weights, *config;
    bool good;

    if (mkdir(path, 0777) != 0 && errno != EEXIST) return err_errno(err, "%s", path);
    weights = mem_format("%s/adapter_model.safetensors", path);
    config = mem_format("%s/adapter_config.json", path);
    good = save(adapter, weights, config, err);
    mem_free(weights);
    mem_free(config);
    return good;
}
