#include "core/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK_SIZE ((size_t)256 << 10)
#define PIPE_SIZE (1 << 20)

const char line_problem_inside[] = "";
static const char too_long[] = "longer than 64 MiB";
static char *only_stdin[] = {"-", NULL};

void line_block_add(struct line_block *block, struct line line)
{
    block->lines = mem_room(block->lines, block->count, &block->room, sizeof *block->lines);
    block->lines[block->count++] = line;
}

void line_block_mark(struct line_block *block, size_t begin, uint64_t number, const char *problem)
{
    size_t len = block->text.len - begin;

    line_block_add(block,
                   (struct line){.number = number, .problem = problem, .begin = begin, .len = len});
}

void line_block_settle(struct line_block *block)
{
    for (size_t i = 0; i < block->count; i++) {
        struct line *line = &block->lines[i];

        line->at = block->text.at + line->begin;
        if (line->problem == line_problem_inside) line->problem = line->at;
    }
}

void line_block_release(struct line_block *block)
{
    buffer_release(&block->text);
    mem_free(block->lines);
    *block = (struct line_block){0};
}

const char *path_shown(const char *path)
{
    if (!*path) return "''";
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

/* As in 'dpo-filter f >> f': what is written would be read, and the file grow for ever. */
static bool is_the_output(const struct stat *in)
{
    struct stat out;

    return S_ISREG(in->st_mode) && in->st_size > 0 && fstat(STDOUT_FILENO, &out) == 0 &&
           out.st_dev == in->st_dev && out.st_ino == in->st_ino;
}

static bool check_input(int fd, const char *path, struct err *err)
{
    struct stat stat;

    if (fd < 0 || fstat(fd, &stat) != 0) return err_errno(err, "%s", path_shown(path));
    if (S_ISDIR(stat.st_mode)) return err_set(err, "%s: is a directory", path_shown(path));
    if (is_the_output(&stat))
        return err_set(err, "%s: input file is output file", path_shown(path));
    if (S_ISFIFO(stat.st_mode)) fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE); /* a wish: may be refused */
    return true;
}

int open_input(const char *path, struct err *err)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open(path, O_RDONLY | O_CLOEXEC);

    if (!check_input(fd, path, err)) {
        if (fd >= 0) close(fd);
        return -1;
    }
    posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return fd;
}

ssize_t read_some(int fd, char *at, size_t room)
{
    ssize_t got;

    do got = read(fd, at, room);
    while (got < 0 && errno == EINTR);
    return got;
}

bool read_whole_file(const char *path, struct buffer *text, size_t limit, struct err *err)
{
    int fd = open_input(path, err);
    ssize_t got;

    if (fd < 0) return false;
    do {
        buffer_reserve(text, 65536);
        got = read_some(fd, text->at + text->len, text->room - text->len);
        if (got > 0) text->len += (size_t)got;
    } while (got > 0 && text->len <= limit);
    if (got < 0) err_errno(err, "%s", path_shown(path));
    if (text->len > limit) err_set(err, "%s: larger than %zu bytes", path_shown(path), limit);
    close(fd);
    return got >= 0 && text->len <= limit;
}

const char *foreign_format(const char *head, size_t len)
{
    static const struct {
        struct text magic;
        const char *words;
    } formats[] = {
        {TEXT("\x1f\x8b"), "gzip data: unpack it first, as in 'zcat FILE | ...'"},
        {TEXT("\x28\xb5\x2f\xfd"), "zstd data: unpack it first, as in 'zstdcat FILE | ...'"},
        {TEXT("BZh"), "bzip2 data: unpack it first, as in 'bzcat FILE | ...'"},
        {TEXT("\xfd"
              "7zXZ"),
         "xz data: unpack it first, as in 'xzcat FILE | ...'"},
        {TEXT("PK\x03\x04"), "a zip archive: unpack it first"},
        {TEXT("PAR1"), "a Parquet file: convert it to JSON Lines first"},
        {TEXT("ARROW1"), "an Arrow file: convert it to JSON Lines first"},
        {TEXT("\xff\xfe"), "UTF-16 text: convert it first, as in 'iconv -f UTF-16 -t UTF-8 FILE'"},
        {TEXT("\xfe\xff"), "UTF-16 text: convert it first, as in 'iconv -f UTF-16 -t UTF-8 FILE'"},
        {TEXT("version https://git-lfs"), "a Git LFS pointer, not the data: run 'git lfs pull'"},
        {TEXT("SQLite format 3"), "a SQLite database: dpo-merge reads those"},
    };

    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (len >= formats[i].magic.len &&
            memcmp(head, formats[i].magic.at, formats[i].magic.len) == 0)
            return formats[i].words;
    return NULL;
}

void lines_open(struct lines *in, char **paths)
{
    *in = (struct lines){.paths = paths[0] ? paths : only_stdin, .fd = -1};
}

void lines_begin(struct lines *in, int fd, struct buffer *head)
{
    in->fd = fd;
    in->fresh = true;
    in->ended = in->skipping = false;
    in->number = 0;
    in->rest.len = 0;
    if (head) buffer_add(&in->rest, head->at, head->len);
}

void lines_close(struct lines *in)
{
    if (in->fd >= 0) close(in->fd);
    buffer_release(&in->rest);
    in->fd = -1;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

static void add_line(const struct lines *in, struct line_block *block, const char *at,
                     const char *end, bool unfinished)
{
    uint64_t number = in->number + unfinished;

    while (at < end && is_blank(*at) && !in->verbatim) at++;
    while (end > at && is_blank(end[-1]) && !in->verbatim) end--;
    if ((size_t)(end - at) > LINE_LIMIT)
        line_block_add(block, (struct line){.at = at, .number = number, .problem = too_long});
    else if (at < end || (in->verbatim && !unfinished))
        line_block_add(block, (struct line){.at = at,
                                            .len = (size_t)(end - at),
                                            .number = number,
                                            .unfinished = unfinished});
}

/* Finds the lines of the block's text; what stands behind the last newline goes to in->rest. */
static void cut_lines(struct lines *in, struct line_block *block)
{
    const char *at = block->text.at, *end = at + block->text.len, *newline;

    for (; (newline = memchr(at, '\n', (size_t)(end - at))); at = newline + 1) {
        in->number++;
        if (!in->skipping) add_line(in, block, at, newline, false);
        in->skipping = false;
    }
    if (in->skipping) return;
    if (in->ended)
        add_line(in, block, at, end, true);
    else
        buffer_add(&in->rest, at, (size_t)(end - at));
}

static bool look_at_head(struct lines *in, struct line_block *block, struct err *err)
{
    const char *words = foreign_format(block->text.at, block->text.len);

    in->fresh = false;
    if (words) return err_set(err, "%s: is %s", path_shown(in->paths[in->file]), words);
    if (block->text.len >= 3 && memcmp(block->text.at, "\xef\xbb\xbf", 3) == 0) {
        block->text.len -= 3;
        memmove(block->text.at, block->text.at + 3, block->text.len);
        in->bom = true;
    }
    return true;
}

bool input_pauses(int fd)
{
    struct pollfd poller = {.fd = fd, .events = POLLIN};

    return poll(&poller, 1, 0) == 0;
}

/* Reads until there is a whole line and the block is well filled, or the source pauses. */
static bool fill(struct lines *in, struct line_block *block, struct err *err)
{
    struct buffer *text = &block->text;
    bool newline;

    text->len = 0;
    buffer_add(text, in->rest.at, in->rest.len);
    in->rest.len = 0;
    newline = text->len && memchr(text->at, '\n', text->len);
    while (!in->ended && !(newline && (text->len >= BLOCK_SIZE / 4 || input_pauses(in->fd)))) {
        size_t before = text->len;
        ssize_t got;

        buffer_reserve(text, text->len < BLOCK_SIZE / 2 ? BLOCK_SIZE - text->len : text->len);
        got = read_some(in->fd, text->at + text->len, text->room - text->len);
        if (got < 0) return err_errno(err, "%s", path_shown(in->paths[in->file]));
        in->ended = got == 0;
        text->len += (size_t)got;
        if (in->fresh && text->len >= 32 && !look_at_head(in, block, err)) return false;
        newline = newline || memchr(text->at + before, '\n', (size_t)got);
        if (newline || text->len <= (in->skipping ? 0 : LINE_LIMIT)) continue;
        text->len = 0;
        if (in->skipping) continue;
        in->skipping = true; /* told at once: such a line may never end */
        line_block_add(block, (struct line){.number = in->number + 1, .problem = too_long});
        return true;
    }
    return !in->fresh || look_at_head(in, block, err);
}

static bool open_next(struct lines *in, struct err *err)
{
    int fd = open_input(in->paths[in->file], err);

    if (fd >= 0) lines_begin(in, fd, NULL);
    return fd >= 0;
}

int lines_next(struct lines *in, struct line_block *block, struct err *err)
{
    block->count = 0;
    while (in->paths[in->file]) {
        if (in->fd < 0 && !open_next(in, err)) return -1;
        if (!fill(in, block, err)) return -1;
        block->file = in->file;
        cut_lines(in, block);
        if (in->ended) {
            close(in->fd);
            in->fd = -1;
            in->file++;
        }
        if (block->count) return 1;
    }
    return 0;
}
