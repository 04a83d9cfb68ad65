/* What the programs of this folder read: files, or standard input, line by line. */
#ifndef PIPELINES_EACH_LINE_H
#define PIPELINES_EACH_LINE_H

#include "core/err.h"
#include "core/lines.h"

/* False with err at the first line that take refuses; it names the file and the line. */
static inline bool each_line(char **files,
                             bool (*take)(void *context, const struct line *line, struct err *err),
                             void *context, struct err *err)
{
    struct lines in;
    struct line_block block = {0};
    bool good = true;
    int more = 0;

    lines_open(&in, files);
    while (good && (more = lines_next(&in, &block, err)) > 0)
        for (size_t i = 0; good && i < block.count; i++) {
            good = take(context, &block.lines[i], err);
            if (!good)
                err_prefix(err, "%s:%llu", files[0] ? files[block.file] : "-",
                           (unsigned long long)block.lines[i].number);
        }
    lines_close(&in);
    line_block_release(&block);
    return good && more == 0;
}

#endif
