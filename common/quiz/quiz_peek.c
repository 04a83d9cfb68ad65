#include "quiz/quiz.h"

#include "core/lines.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD ((size_t)256 << 10)

/* Which of these keys the first object has. */
enum key {
    KEY_QUESTIONS,
    KEY_QUESTION,
    KEY_PROMPT,
    KEY_PAIR, /* that of a pair of answers */
    KEY_SOLUTION
};

static const struct {
    const char *name;
    enum key key;
} keys[] = {{"questions", KEY_QUESTIONS},
            {"question", KEY_QUESTION},
            {"prompt", KEY_PROMPT},
            {"chosen", KEY_PAIR},
            {"rejected", KEY_PAIR},
            {"answer_a", KEY_PAIR},
            {"chosen_response", KEY_PAIR},
            {"metrics", KEY_PAIR},
            {"answer", KEY_SOLUTION},
            {"options", KEY_SOLUTION},
            {"correct_option", KEY_SOLUTION},
            {"correct_answer", KEY_SOLUTION},
            {"reference_answer", KEY_SOLUTION},
            {"key_concepts", KEY_SOLUTION}};

static unsigned key_bit(struct text name)
{
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (text_is(name, keys[i].name)) return 1U << keys[i].key;
    return 0;
}

/* From behind a quote to behind the one that ends the string. */
static const char *skip_string(const char *at, const char *end)
{
    while (at < end && *at != '"') at += *at == '\\' ? 2 : 1;
    return at < end ? at + 1 : end;
}

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && memchr(" \t\r\n", *at, 4)) at++;
    return at;
}

/* The keys of the object whose members begin at at, as far as the text goes. */
static unsigned object_keys(const char *at, const char *end)
{
    size_t depth = 1;
    unsigned found = 0;
    const char *begin;

    while (at < end && depth > 0) {
        const char byte = *at++;

        depth += byte == '{' || byte == '[';
        depth -= byte == '}' || byte == ']';
        if (byte != '"') continue;
        begin = at;
        at = skip_string(at, end);
        if (depth > 1 || at - begin < 1) continue;
        if (*skip_space(at, end) != ':') continue;
        found |= key_bit((struct text){begin, (size_t)(at - begin) - 1});
    }
    return found;
}

bool quiz_seems(struct text head)
{
    struct buffer text = {0};
    const char *at, *end;
    unsigned found = 0;
    const unsigned pair = 1U << KEY_PAIR, solution = 1U << KEY_SOLUTION;

    buffer_add(&text, head.at, head.len);
    buffer_byte(&text, '\0'); /* is no ':', where a key is the last thing there */
    at = text.at;
    end = at + head.len;
    if (head.len >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0) at += 3;
    at = skip_space(at, end);
    if (at < end && *at == '[') at = skip_space(at + 1, end);
    if (at < end && *at == '{') found = object_keys(at + 1, end);
    buffer_release(&text);
    if (found & pair) return false;
    if (found & (1U << KEY_QUESTIONS)) return true;
    return (found & (1U << KEY_QUESTION | 1U << KEY_PROMPT)) && (found & solution);
}

bool quiz_is(const char *path)
{
    struct buffer head = {0};
    struct stat stat;
    ssize_t got = 1;
    int fd = strcmp(path, "-") == 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool seems;

    if (fd < 0) return false;
    if (fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode)) {
        buffer_reserve(&head, HEAD);
        while (got > 0 && head.len < HEAD) {
            got = read_some(fd, head.at + head.len, HEAD - head.len);
            if (got > 0) head.len += (size_t)got;
        }
    }
    close(fd);
    seems = head.len > 0 && quiz_seems((struct text){head.at, head.len});
    buffer_release(&head);
    return seems;
}
