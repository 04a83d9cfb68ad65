#include "run/metrics_log.h"

#include <unistd.h>

/* Nobody but a run writes here: where anything else is met, the checkpoint and the log no longer
 * belong together. */
static bool check_kept(const struct journal *file, uint64_t keep, struct err *err)
{
    char last = '\n';

    if (file->len < keep)
        return err_set(err,
                       "%s: has %llu bytes where the checkpoint counted %llu: the run directory "
                       "was changed",
                       file->path, (unsigned long long)file->len, (unsigned long long)keep);
    if (keep > 0 && pread(file->fd, &last, 1, (off_t)(keep - 1)) != 1)
        return err_errno(err, "%s: cannot read", file->path);
    if (last != '\n')
        return err_set(err,
                       "%s: no line ends at byte %llu, where the checkpoint counted one: the run "
                       "directory was changed",
                       file->path, (unsigned long long)keep);
    return true;
}

bool metrics_log_open(struct metrics_log *log, const char *path, uint64_t keep, struct err *err)
{
    log->line = (struct buffer){0};
    return journal_open(&log->file, path, false, err) && check_kept(&log->file, keep, err) &&
           journal_shorten(&log->file, keep, err);
}

bool metrics_log_add(struct metrics_log *log, const struct figures *entry, struct err *err)
{
    log->line.len = 0;
    figures_write(entry, &log->line);
    buffer_byte(&log->line, '\n');
    return journal_add(&log->file, log->line.at, log->line.len, err);
}

bool metrics_log_sync(struct metrics_log *log, struct err *err)
{
    return journal_sync(&log->file, err);
}

void metrics_log_close(struct metrics_log *log)
{
    journal_close(&log->file);
    buffer_release(&log->line);
}
