/* Lines of files: ends, blanks, marks, blocks, foreign files, and the longest that may be. */
#include "core/lines.h"

#include "check.h"
#include "unit/files.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* All lines as 'file.number:text', each with a bar behind it; '?' marks an unfinished one. */
static const char *read_lines(struct lines *in)
{
    static struct buffer out;
    struct line_block block = {0};
    struct err err;
    int got;

    out.len = 0;
    while ((got = lines_next(in, &block, &err)) == 1)
        for (size_t i = 0; i < block.count; i++) {
            const struct line *line = &block.lines[i];

            buffer_format(&out, "%zu.%d:%s", block.file, (int)line->number,
                          line->unfinished ? "?" : "");
            if (line->problem)
                buffer_format(&out, "! %s", line->problem);
            else
                buffer_add(&out, line->at, line->len);
            buffer_byte(&out, '|');
        }
    if (got < 0) buffer_format(&out, "error: %s", strrchr(err.text, '/') + 1);
    buffer_byte(&out, '\0');
    lines_close(in);
    line_block_release(&block);
    return out.at;
}

static const char *read_paths(const char *const *paths)
{
    struct lines in;

    lines_open(&in, (char **)paths);
    return read_lines(&in);
}

static const char *read_bytes(const char *bytes, size_t len)
{
    const char *paths[] = {files_write("f", bytes, len), NULL};

    return read_paths(paths);
}

static const char *read_text(const char *text)
{
    return read_bytes(text, strlen(text));
}

TEST(ends_and_blanks)
{
    CHECK_TEXT(read_text("a\nb\n"), "0.1:a|0.2:b|");
    CHECK_TEXT(read_text("a\r\nb\r\n"), "0.1:a|0.2:b|");
    CHECK_TEXT(read_text("a\nb"), "0.1:a|0.2:?b|");
    CHECK_TEXT(read_text("\n\n a b \t\n \t\r\n\nc\n"), "0.3:a b|0.6:c|");
    CHECK_TEXT(read_text(""), "");
    CHECK_TEXT(read_text("\n"), "");
    CHECK_TEXT(read_text("  "), "");
    CHECK_TEXT(read_text("a\rb\n"), "0.1:a\rb|");
    CHECK_TEXT(read_text("\v\n"), "0.1:\v|");
}

static const char *read_verbatim(const char *text)
{
    const char *paths[] = {files_text("f", text), NULL};
    struct lines in;

    lines_open(&in, (char **)paths);
    in.verbatim = true;
    return read_lines(&in);
}

TEST(verbatim_lines_keep_everything)
{
    CHECK_TEXT(read_verbatim("  a \t\n\n\r\nb"), "0.1:  a \t|0.2:|0.3:\r|0.4:?b|");
    CHECK_TEXT(read_verbatim(""), "");
    CHECK_TEXT(read_verbatim("\n"), "0.1:|");
    CHECK_TEXT(read_verbatim("\xef\xbb\xbf a\n"), "0.1: a|");
}

TEST(nul_bytes_stay)
{
    struct lines in;
    struct line_block block = {0};
    struct err err;
    const char *file = files_write("nul", "a\0b\nc\n", 6), *paths[] = {file, NULL};

    lines_open(&in, (char **)paths);
    CHECK(lines_next(&in, &block, &err) == 1 && block.count == 2);
    CHECK(block.lines[0].len == 3 && memcmp(block.lines[0].at, "a\0b", 3) == 0);
    CHECK_INT(lines_next(&in, &block, &err), 0);
    CHECK_INT(lines_next(&in, &block, &err), 0);
    lines_close(&in);
    line_block_release(&block);
}

TEST(byte_order_marks)
{
    const char *with = files_text("with", "\xef\xbb\xbf{}\n"), *paths[] = {with, NULL};
    struct lines in;

    lines_open(&in, (char **)paths);
    CHECK_TEXT(read_lines(&in), "0.1:{}|");
    CHECK(in.bom);
    CHECK_TEXT(read_text("a\n\xef\xbb\xbf"
                         "b\n"),
               "0.1:a|0.2:\xef\xbb\xbf"
               "b|");
    CHECK_TEXT(read_text("\xef\xbb\xbf"), "");
    CHECK_TEXT(read_text("\xef\xbb"), "0.1:?\xef\xbb|");
}

TEST(many_files)
{
    const char *paths[] = {files_text("1", "a\nb"), files_text("2", ""),
                           files_text("3", "\n\n"), files_text("4", "c\n"),
                           files_text("1", "a\nb"), NULL};
    const char *gone[] = {files_text("5", "a\n"), files_path("gone"), NULL};
    const char *folder[] = {"/tmp", NULL};

    CHECK_TEXT(read_paths(paths), "0.1:a|0.2:?b|3.1:c|4.1:a|4.2:?b|");
    CHECK_TEXT(read_paths(gone), "0.1:a|error: gone: No such file or directory");
    CHECK_TEXT(read_paths(folder), "error: tmp: is a directory");
}

TEST(standard_input)
{
    char *none[] = {NULL}, *dash[] = {"-", NULL};
    const char *path = files_text("stdin", "x\n");
    struct lines in;

    CHECK(freopen(path, "r", stdin) != NULL);
    lines_open(&in, none);
    CHECK_TEXT(read_lines(&in), "0.1:x|");
    CHECK(lseek(STDIN_FILENO, 0, SEEK_SET) == 0); /* it is still open */
    lines_open(&in, dash);
    CHECK_TEXT(read_lines(&in), "0.1:x|");
    CHECK_TEXT(path_shown("-"), "standard input");
    CHECK_TEXT(path_shown("./-"), "./-");
}

TEST(foreign_files)
{
    static const struct text heads[] = {TEXT("\x1f\x8b\b"),
                                        TEXT("\x28\xb5\x2f\xfdx"),
                                        TEXT("BZh9"),
                                        TEXT("\xfd\x37zXZ\0"),
                                        TEXT("PK\x03\x04"),
                                        TEXT("PAR1"),
                                        TEXT("ARROW1"),
                                        TEXT("\xff\xfe{\0"),
                                        TEXT("\xfe\xff\0{"),
                                        TEXT("version https://git-lfs.github.com/spec/v1\n"),
                                        TEXT("SQLite format 3\0")};

    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        const char *words = foreign_format(heads[i].at, heads[i].len);

        CHECK(words != NULL);
        if (!words) continue;
        CHECK(strstr(read_bytes(heads[i].at, heads[i].len), words));
        CHECK(foreign_format(heads[i].at, 1) == NULL);
    }
    CHECK(foreign_format("", 0) == NULL && foreign_format("{\"a\":1}", 7) == NULL);
}

/* Line i has i*i % 5000 bytes: some fit into a block, some lie across two. */
static void make_many(struct buffer *text, size_t lines)
{
    for (size_t i = 1; i <= lines; i++) buffer_format(text, "%0*zu\n", (int)(i * i % 5000 + 7), i);
}

static bool read_numbers(struct lines *in, size_t count)
{
    struct line_block block = {0};
    struct err err;
    size_t next = 1, blocks = 0;
    bool good = true;

    for (; lines_next(in, &block, &err) == 1; blocks++)
        for (size_t i = 0; i < block.count; i++, next++) {
            const struct line *line = &block.lines[i];

            good = good && line->number == next && line->len == next * next % 5000 + 7 &&
                   strtoull(line->at, NULL, 10) == next;
        }
    lines_close(in);
    line_block_release(&block);
    return good && next == count + 1 && blocks > 1;
}

TEST(lines_across_blocks)
{
    struct buffer text = {0}, head = {0};
    const char *paths[2] = {NULL, NULL};
    struct lines in;

    make_many(&text, 1500);
    paths[0] = files_write("many", text.at, text.len);
    lines_open(&in, (char **)paths);
    CHECK(read_numbers(&in, 1500));
    for (size_t at = 0; at < text.len; at += text.len / 7) { /* a head that others have read */
        int fd = open(paths[0], O_RDONLY | O_CLOEXEC);

        head.len = 0;
        buffer_add(&head, text.at, at);
        if (!CHECK(lseek(fd, (off_t)at, SEEK_SET) == (off_t)at)) return;
        lines_open(&in, (char **)paths);
        lines_begin(&in, fd, &head);
        CHECK(read_numbers(&in, 1500));
    }
    buffer_release(&text);
    buffer_release(&head);
}

TEST(one_byte_a_read)
{
    static const char text[] = "\xef\xbb\xbf{\"a\":1}\r\n\n{\"b\":2}\n{\"c\"";
    char *paths[] = {"drip", NULL};
    struct lines in;

    lines_open(&in, paths);
    lines_begin(&in, files_drip(text, sizeof text - 1), NULL);
    CHECK_TEXT(read_lines(&in), "0.1:{\"a\":1}|0.3:{\"b\":2}|0.4:?{\"c\"|");
    CHECK(in.bom);
}

/* A line of len bytes between two short ones, from a file or through a pipe. */
static const char *read_long(size_t len, const char *end)
{
    static char words[200];
    FILE *file = fopen(files_path("long"), "w");
    const char *paths[] = {files_path("long"), NULL}, *got;
    char piece[4096];

    memset(piece, 'x', sizeof piece);
    fputs("a\n", file);
    for (size_t left = len; left; left -= left < sizeof piece ? left : sizeof piece)
        fwrite(piece, 1, left < sizeof piece ? left : sizeof piece, file);
    fputs(end, file);
    fclose(file);
    got = read_paths(paths);
    if (strlen(got) < sizeof words) return got;
    snprintf(words, sizeof words, "%.7s... %zu", got, strlen(got));
    return words;
}

TEST(longest_line)
{
    char want[100];

    snprintf(want, sizeof want, "0.1:a|0... %zu", LINE_LIMIT + 6 + 4 + 1 + 6);
    CHECK_TEXT(read_long(LINE_LIMIT, "\nb\n"), want);
    CHECK_TEXT(read_long(LINE_LIMIT + 1, "\nb\n"), "0.1:a|0.2:! longer than 64 MiB|0.3:b|");
    CHECK_TEXT(read_long(LINE_LIMIT + 1, ""), "0.1:a|0.2:! longer than 64 MiB|");
    CHECK_TEXT(read_long(3 * LINE_LIMIT / 2, "\nb"), "0.1:a|0.2:! longer than 64 MiB|0.3:?b|");
    CHECK_TEXT(read_long(5 * LINE_LIMIT, "\n\nb\n"), "0.1:a|0.2:! longer than 64 MiB|0.4:b|");
}

TEST(whole_files)
{
    struct buffer text = {0};
    struct err err;
    const char *path = files_text("whole", "0123456789");

    CHECK(read_whole_file(path, &text, 10, &err) && text.len == 10);
    text.len = 0;
    CHECK(!read_whole_file(path, &text, 9, &err));
    CHECK_TEXT(strrchr(err.text, '/'), "/whole: larger than 9 bytes");
    text.len = 0;
    CHECK(!read_whole_file("/tmp", &text, 9, &err));
    CHECK(!read_whole_file("/proc/self/mem", &text, 9, &err));
    CHECK_TEXT(err.text, "/proc/self/mem: Input/output error");
    buffer_release(&text);
}

/* In a child, whose standard output the file becomes. */
static bool is_refused(const char *path)
{
    struct err err;
    int status;

    fflush(stdout);
    if (fork() == 0) {
        int out = open(path, O_WRONLY | O_APPEND | O_CLOEXEC), fd;

        if (out < 0 || dup2(out, STDOUT_FILENO) < 0) _exit(2);
        fd = open_input(path, &err);
        _exit(fd < 0 && strstr(err.text, ": input file is output file") ? 1 : 0);
    }
    return CHECK(wait(&status) > 0) && WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

TEST(input_that_is_the_output)
{
    struct err err;

    CHECK(is_refused(files_text("grows", "x\n")));
    CHECK(!is_refused(files_text("empty", "")));
    CHECK(!is_refused("/dev/null"));
    CHECK(open_input("", &err) < 0);
    CHECK_TEXT(err.text, "'': No such file or directory");
}

int main(void)
{
    RUN(ends_and_blanks);
    RUN(verbatim_lines_keep_everything);
    RUN(nul_bytes_stay);
    RUN(byte_order_marks);
    RUN(many_files);
    RUN(standard_input);
    RUN(foreign_files);
    RUN(lines_across_blocks);
    RUN(one_byte_a_read);
    RUN(longest_line);
    RUN(whole_files);
    RUN(input_that_is_the_output);
    return check_end();
}
