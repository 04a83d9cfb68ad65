#include "split/split_files.h"

#include "core/lines.h"
#include "core/outfolder.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

static char *path_in(const char *folder, const char *name, const char *ending)
{
    struct buffer path = {0};

    buffer_format(&path, "%s/%s%s", folder, name, ending);
    buffer_byte(&path, '\0');
    return path.at;
}

bool split_files_check(const struct split_files *files, const struct split *split, struct err *err)
{
    bool same = files->nested && outfile_same(&files->nested_file, &files->manifest_file);

    for (int i = 0; files->nested && i < SPLIT_PARTS; i++)
        same |= outfile_same(&files->nested_file, &split->parts[i].file);
    return !same || err_set(err, "%s: is one of the files of the split", files->nested);
}

bool split_files_open(struct split_files *files, struct split *split, struct err *err)
{
    if (!outfolder_make(files->folder, err)) return false;
    files->manifest = path_in(files->folder, "manifest", ".json");
    for (int i = 0; i < SPLIT_PARTS; i++) {
        files->paths[i] = path_in(files->folder, split_names[i], ".jsonl");
        if (!outfile_open(&split->parts[i].file, files->paths[i], err)) return false;
    }
    if (!outfile_open(&files->manifest_file, files->manifest, err)) return false;
    return !files->nested || outfile_open(&files->nested_file, files->nested, err);
}

static json_t *describe_part(const struct split_part *part, const char *name)
{
    return json_pack("{s:s+, s:I, s:I, s:s}", "file", name, ".jsonl", "records",
                     (json_int_t)part->records, "bytes", (json_int_t)part->file.written, "sha256",
                     part->digest);
}

/* jansson's memory comes from core/memory, so nothing here can fail for want of it. */
static char *describe(const struct split *split)
{
    static const char *const methods[] = {"hash", "sklearn"};
    json_t *root, *parts = json_object();
    char *text;

    for (int i = 0; i < SPLIT_PARTS; i++)
        json_object_set_new(parts, split_names[i], describe_part(&split->parts[i], split_names[i]));
    root = json_pack("{s:s, s:s, s:s, s:I, s:[f,f,f], s:s, s:s?, s:I, s:I, s:o}", "tool",
                     "dpo-split", "version", VERSION, "method", methods[split->method], "seed",
                     (json_int_t)split->seed, "ratios", split->ratios[0], split->ratios[1],
                     split->ratios[2], "group", split->group, "stratify", split->stratify,
                     "records", (json_int_t)split->read, "prompts_on_two_sides",
                     (json_int_t)split->torn, "parts", parts);
    text = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(12));
    json_decref(root);
    return text;
}

static bool write_manifest(struct outfile *out, const struct split *split, struct err *err)
{
    char *text;
    bool good;

    json_set_alloc_funcs(mem_alloc, mem_free);
    text = describe(split);
    good = outfile_write(out, text, strlen(text), err) && outfile_write(out, "\n", 1, err) &&
           outfile_sync(out, err);
    mem_free(text);
    return good;
}

/* A part's lines as the elements of an array. The part was synced, so its descriptor has them
 * all. */
static bool copy_part(struct outfile *to, const struct split_part *part, struct err *err)
{
    char path[] = "-", *paths[] = {path, NULL};
    struct line_block block = {0};
    struct lines lines;
    bool first = true, good;
    int fd = fcntl(part->file.fd, F_DUPFD_CLOEXEC, 3), got;

    if (fd < 0 || lseek(fd, 0, SEEK_SET) != 0)
        return err_errno(err, "%s: cannot read back", part->file.path);
    lines_open(&lines, paths);
    lines_begin(&lines, fd, NULL);
    for (good = true; good && (got = lines_next(&lines, &block, err)) != 0;) {
        good = got > 0;
        for (size_t i = 0; good && i < block.count; i++, first = false)
            good = outfile_write(to, first ? "\n" : ",\n", first ? 1 : 2, err) &&
                   outfile_write(to, block.lines[i].at, block.lines[i].len, err);
    }
    lines_close(&lines);
    line_block_release(&block);
    return good;
}

static bool write_text(struct outfile *out, const char *text, struct err *err)
{
    return outfile_write(out, text, strlen(text), err);
}

static bool write_nested(struct outfile *out, const struct split *split, struct err *err)
{
    return write_text(out, "{\"train\": [", err) &&
           copy_part(out, &split->parts[SPLIT_TRAIN], err) &&
           write_text(out, "\n], \"validation\": [", err) &&
           copy_part(out, &split->parts[SPLIT_VAL], err) && write_text(out, "\n]}\n", err) &&
           outfile_sync(out, err);
}

static bool name_all(struct split_files *files, struct split *split, struct err *err)
{
    for (int i = 0; i < SPLIT_PARTS; i++)
        if (!outfile_name(&split->parts[i].file, err)) return false;
    return (!files->nested || outfile_name(&files->nested_file, err)) &&
           outfile_name(&files->manifest_file, err);
}

static bool publish(struct split_files *files, struct split *split, struct err *err)
{
    if (!name_all(files, split, err)) return false;
    if (unlink(files->manifest) != 0 && errno != ENOENT)
        return err_errno(err, "%s: cannot remove", files->manifest);
    for (int i = 0; i < SPLIT_PARTS; i++)
        if (!outfile_publish(&split->parts[i].file, err)) return false;
    return (!files->nested || outfile_publish(&files->nested_file, err)) &&
           outfile_publish(&files->manifest_file, err);
}

bool split_files_commit(struct split_files *files, struct split *split, struct err *err)
{
    bool good = true;

    for (int i = 0; good && i < SPLIT_PARTS; i++) good = outfile_sync(&split->parts[i].file, err);
    good = good && (!files->nested || write_nested(&files->nested_file, split, err)) &&
           write_manifest(&files->manifest_file, split, err) && publish(files, split, err);
    for (int i = 0; i < SPLIT_PARTS; i++) {
        outfile_abandon(&split->parts[i].file);
        mem_free(files->paths[i]);
    }
    if (files->nested) outfile_abandon(&files->nested_file);
    outfile_abandon(&files->manifest_file);
    mem_free(files->manifest);
    return good;
}
