#include "fold/old_folder.h"

#include "core/memory.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static bool ends_with(const char *name, const char *ending)
{
    const size_t len = strlen(name), more = strlen(ending);

    return len > more && strcmp(name + len - more, ending) == 0;
}

static bool is_of_a_model(const char *name)
{
    static const char *const endings[] = {".safetensors", ".safetensors.index.json"};
    static const char *const names[] = {"config.json",         "generation_config.json",
                                        "tokenizer.json",      "tokenizer_config.json",
                                        "chat_template.jinja", "special_tokens_map.json",
                                        "added_tokens.json",   "vocab.json",
                                        "merges.txt",          "tokenizer.model",
                                        "dpo_metadata.json"};

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (ends_with(name, endings[i])) return strncmp(name, "adapter_", 8) != 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0) return true;
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool check_entries(DIR *list, const char *path, struct err *err)
{
    const struct dirent *entry;

    errno = 0;
    while ((entry = readdir(list)))
        if (!is_of_a_model(entry->d_name))
            return err_set(err,
                           "%s: holds '%s', which would be lost: give the name of a new folder",
                           path, entry->d_name);
    return errno == 0 || err_errno(err, "%s", path);
}

bool old_folder_check(const char *path, const char *base, struct err *err)
{
    struct stat found, other;
    DIR *list;
    bool good;

    if (stat(path, &found) != 0)
        return errno == ENOENT || err_errno(err, "%s: cannot create", path);
    if (stat(base, &other) == 0 && found.st_dev == other.st_dev && found.st_ino == other.st_ino)
        return err_set(err, "%s: is the folder of the base", path);
    list = opendir(path);
    if (!list) return err_errno(err, "%s", path);
    good = check_entries(list, path, err);
    closedir(list);
    return good;
}
