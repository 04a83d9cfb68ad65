#include "adapter/adapter_files.h"

#include "adapter/adapter_config.h"
#include "place/folder.h"

#include <unistd.h>

bool adapter_files_options(struct adapter_options *options, const struct root *root,
                           struct err *err)
{
    struct mapped file;
    const int got = folder_map(root, "adapter_config.json", &file, err);
    bool good;

    if (got < 0) return false;
    if (got == 0)
        return err_set(err, "%s: there is no 'adapter_config.json': this is no adapter",
                       root->path);
    good = adapter_config_read(options, (struct text){(const char *)file.at, file.len}, file.path,
                               err);
    mapped_close(&file);
    return good;
}

bool adapter_files_weights(struct safetensors *weights, const struct root *root, struct err *err)
{
    int fd, got = root_file(root, "adapter_model.safetensors", &fd, err);
    char *path;
    bool good;

    if (got < 0) return false;
    if (got == 0) {
        got = root_file(root, "adapter_model.bin", &fd, err);
        if (got > 0) close(fd);
        return err_set(err, "%s: there is no 'adapter_model.safetensors'%s", root->path,
                       got > 0 ? ", and pickled weights are not read" : "");
    }
    path = root_path(root, "adapter_model.safetensors");
    good = safetensors_take(weights, fd, path, err);
    mem_free(path);
    return good;
}
