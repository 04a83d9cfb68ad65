/* Buffers and texts; and that no memory is the end, with a line and status 1. */
#include "core/memory.h"

#include "check.h"

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

TEST(buffers_grow)
{
    struct buffer buffer = {0};

    for (int i = 0; i < 100000; i++) buffer_byte(&buffer, (char)i);
    CHECK_INT(buffer.len, 100000);
    CHECK(buffer.room >= buffer.len && buffer.room < 2 * buffer.len);
    for (int i = 0; i < 100000; i += 999) CHECK(buffer.at[i] == (char)i);
    buffer_release(&buffer);
    CHECK(!buffer.at && !buffer.len && !buffer.room);
}

TEST(buffers_take_all_kinds)
{
    struct buffer buffer = {0};

    buffer_add(&buffer, NULL, 0);
    CHECK(!buffer.at);
    CHECK(text_is(buffer_part(&buffer, 0, 0), ""));
    buffer_text(&buffer, "ab");
    buffer_add(&buffer, "\0c", 2);
    buffer_format(&buffer, "%d-%s", 42, "x");
    buffer_format(&buffer, "%s", "");
    CHECK_INT(buffer.len, 8);
    CHECK(memcmp(buffer.at, "ab\0c42-x", 8) == 0);
    CHECK(text_is(buffer_part(&buffer, 4, 6), "42"));
    buffer_format(&buffer, "%1000d", 7);
    CHECK_INT(buffer.len, 1008);
    buffer_reserve(&buffer, 5000);
    CHECK(buffer.room - buffer.len >= 5000 && buffer.len == 1008);
    buffer_release(&buffer);
}

TEST(arrays_grow)
{
    int *numbers = NULL;
    size_t room = 0;
    long sum = 0;

    for (int i = 0; i < 1000; i++) {
        numbers = mem_room(numbers, (size_t)i, &room, sizeof *numbers);
        numbers[i] = i;
    }
    for (int i = 0; i < 1000; i++) sum += numbers[i];
    CHECK_INT(sum, 499500);
    mem_free(numbers);
}

TEST(texts_compare_whole)
{
    CHECK(text_is(TEXT("ab"), "ab") && !text_is(TEXT("ab"), "abc") && !text_is(TEXT("ab"), "a"));
    CHECK(text_is(text_of(""), "") && text_of("abc").len == 3);
    CHECK(!text_is(TEXT("a\0b"), "a"));
}

TEST(blocks)
{
    unsigned char *zero = mem_zero(3, 5);
    char *copy = mem_copy_text("text"), *none = mem_alloc(0);
    int sum = 0;

    for (int i = 0; i < 15; i++) sum += zero[i];
    CHECK_INT(sum, 0);
    CHECK_TEXT(copy, "text");
    CHECK(none != NULL);
    copy = mem_resize(copy, 100, 10);
    CHECK(memcmp(copy, "text", 5) == 0);
    mem_free(zero);
    mem_free(copy);
    copy = mem_format("%s-%d", "x", 7);
    CHECK_TEXT(copy, "x-7");
    mem_free(copy);
    mem_free(none);
    mem_free(NULL);
}

/* The exit status of a child that asks for too much, its words in text. */
static int ask(int what, char *text, size_t room)
{
    int ends[2], status;
    ssize_t got;
    pid_t child;

    if (pipe(ends) != 0) return -1;
    fflush(stdout);
    child = fork();
    if (child == 0) {
        struct buffer buffer = {0};

        dup2(ends[1], STDERR_FILENO);
        if (what == 0) mem_zero(SIZE_MAX / 2, 3);
        if (what == 1) mem_resize(NULL, SIZE_MAX / 2, 3);
        if (what == 2) buffer_reserve(&buffer, SIZE_MAX / 2);
        _exit(77);
    }
    close(ends[1]);
    got = read(ends[0], text, room - 1);
    text[got > 0 ? got : 0] = '\0';
    close(ends[0]);
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status)
               ? WEXITSTATUS(status)
               : -1;
}

TEST(too_much_is_the_end)
{
    char text[400];

    for (int what = 0; what < 3; what++) {
        CHECK_INT(ask(what, text, sizeof text), 1);
        CHECK(strncmp(text, "dpo: out of memory: ", 20) == 0);
        CHECK(strchr(text, '\n') == text + strlen(text) - 1);
    }
}

int main(void)
{
    RUN(buffers_grow);
    RUN(buffers_take_all_kinds);
    RUN(arrays_grow);
    RUN(texts_compare_whole);
    RUN(blocks);
    RUN(too_much_is_the_end);
    return check_end();
}
