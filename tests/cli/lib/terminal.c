/* Runs a program on a terminal of its own and plays the person before it:
 *
 *     terminal COLUMNS COMMAND... <SCRIPT
 *
 * SCRIPT is lines: 'type TEXT' sends TEXT, in which \n, \e and \xNN are what they are in C; 'wait
 * TEXT' reads until TEXT has come since the last wait. Then all is read to the program's end. What
 * it wrote goes to standard output, and its exit status is this program's. After 20 seconds without
 * what is waited for, it is 124. */
#include "core/report.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE = 20000, ROOM = 1 << 20 };

static char seen[ROOM]; /* all that the program wrote */
static size_t seen_len, waited;
static int line; /* the terminal's other end */
static pid_t child;

static void start(unsigned short columns, char **command)
{
    const struct winsize size = {.ws_row = 24, .ws_col = columns};

    line = posix_openpt(O_RDWR | O_NOCTTY);
    if (line < 0 || grantpt(line) != 0 || unlockpt(line) != 0) die("there is no terminal");
    child = fork();
    if (child == 0) {
        const char *name = ptsname(line);
        int end;

        setsid();
        end = open(name, O_RDWR);
        ioctl(end, TIOCSCTTY, 0);
        ioctl(end, TIOCSWINSZ, &size);
        for (int i = 0; i < 3; i++) dup2(end, i);
        close(end);
        close(line);
        execvp(command[0], command);
        _exit(127);
    }
}

static void give_up(const char *why)
{
    kill(child, SIGKILL);
    fwrite(seen, 1, seen_len, stdout);
    printf("\n[%s]\n", why);
    fflush(stdout);
    _exit(124);
}

/* False at the program's end. */
static bool read_more(void)
{
    struct pollfd input = {.fd = line, .events = POLLIN};
    ssize_t got;

    if (poll(&input, 1, PATIENCE) == 0) give_up("nothing came");
    got = read(line, seen + seen_len, ROOM - 1 - seen_len);
    if (got <= 0) return false;
    seen_len += (size_t)got;
    seen[seen_len] = '\0';
    return true;
}

static void wait_for(const char *text)
{
    const char *found;

    while (!(found = strstr(seen + waited, text)))
        if (!read_more()) give_up(text);
    waited = (size_t)(found - seen) + strlen(text);
}

static char unescape(const char **at)
{
    char *end;

    switch (*(*at)++) {
    case 'n': return '\n';
    case 'r': return '\r';
    case 'e': return '\033';
    case 'x': {
        const char digits[] = {(*at)[0], (*at)[1], '\0'};
        const char byte = (char)strtol(digits, &end, 16);

        *at += 2;
        return byte;
    }
    default: return '\\';
    }
}

static void type(const char *text)
{
    while (*text) {
        char byte = *text++;

        if (byte == '\\') byte = unescape(&text);
        if (write(line, &byte, 1) != 1) give_up("cannot type");
    }
}

int main(int argc, char **argv)
{
    char order[4096];
    int status;

    report_start("terminal");
    if (argc < 3) die_usage("terminal COLUMNS COMMAND...");
    start((unsigned short)strtoul(argv[1], NULL, 10), argv + 2);
    while (fgets(order, sizeof order, stdin)) {
        order[strcspn(order, "\n")] = '\0';
        if (strncmp(order, "type ", 5) == 0)
            type(order + 5);
        else if (strncmp(order, "wait ", 5) == 0)
            wait_for(order + 5);
        else
            die("'%s' is no order", order);
    }
    while (read_more())
        ;
    fwrite(seen, 1, seen_len, stdout);
    fflush(stdout);
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
