/* Files of events, but for the times byte for byte what the package tensorboard writes. */
#include "run/events.h"

#include "check.h"
#include "hash/crc32c.h"
#include "unit/files.h"
#include "unit/golden.h"

#include <dirent.h>
#include <endian.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define HEAD 12 /* bytes before an event: its length, the checksum of that */
#define TIME 9  /* bytes of its first field */

static struct err err;

static const char *new_folder(const char *name)
{
    const char *folder = files_path(name);

    CHECK(mkdir(folder, 0777) == 0);
    return folder;
}

static bool checksum_holds(const char *data, size_t len)
{
    uint32_t crc = crc32c(data, len), stored;

    memcpy(&stored, data + len, sizeof stored);
    return le32toh(stored) == (uint32_t)((crc >> 15 | crc << 17) + 0xa282ead8);
}

/* The length of the event of the record at at, or 0. */
static size_t record_event(const char *at, size_t room)
{
    uint64_t len;

    if (room < HEAD + TIME + 4) return 0;
    memcpy(&len, at, sizeof len);
    len = le64toh(len);
    if (!CHECK(checksum_holds(at, 8) && len >= TIME && len <= room - HEAD - 4)) return 0;
    return CHECK(checksum_holds(at + HEAD, len)) ? len : 0;
}

/* Returns the records; each is that of the golden file, and its time is now. */
static size_t check_records(const char *got, size_t len, const struct buffer *want)
{
    size_t at = 0, count = 0, event;
    double when;

    while ((event = record_event(got + at, len - at))) {
        uint64_t bits;

        if (!CHECK(at + HEAD + event + 4 <= want->len)) break;
        CHECK(memcmp(got + at, want->at + at, HEAD + 1) == 0);
        memcpy(&bits, got + at + HEAD + 1, sizeof bits);
        bits = le64toh(bits);
        memcpy(&when, &bits, sizeof when);
        CHECK_NEAR(when, (double)time(NULL), 100);
        CHECK(memcmp(got + at + HEAD + TIME, want->at + at + HEAD + TIME, event - TIME) == 0);
        at += HEAD + event + 4;
        count++;
    }
    CHECK_INT(at, want->len);
    CHECK_INT(len, want->len);
    return count;
}

static void add_entry(struct events *events)
{
    struct figures entry = {0};

    figures_number(&entry, "loss", 0.6931471824645996);
    figures_number(&entry, "eval_rewards/margins", -0.25);
    figures_text(&entry, "why", "is no number");
    figures_whole(&entry, "step", 300);
    figures_whole(&entry, "test_x", 7);
    figures_number(&entry, "epoch", 0.5);
    figures_number(&entry, "grad_norm", NAN);
    figures_number(&entry, "kl", 1e300); /* too large for a float */
    CHECK(events_add(events, &entry, &err));
    figures_release(&entry);
}

TEST(all_kinds)
{
    char text[300] = "| beta | 0.1 |\n| gr\xc3\xb6\xc3\x9f"
                     "e | 1 |";
    struct buffer want = {0};
    struct events events;
    char *got;
    size_t len = 0, before = strlen(text);

    memset(text + before, 'x', 200);
    if (!CHECK(events_open(&events, new_folder("kinds"), 31, &err))) return;
    add_entry(&events);
    CHECK(events_text(&events, "args", text, 5, &err));
    got = files_read(events.file.path, &len);
    if (CHECK(got && golden_read("run/events.bin", &want)))
        CHECK_INT(check_records(got, len, &want), 4);
    events_close(&events);
    events_close(&events); /* is fine */
    mem_free(got);
    buffer_release(&want);
}

TEST(an_entry_without_numbers)
{
    struct figures entry = {0};
    struct events events;
    uint64_t len;

    if (!CHECK(events_open(&events, new_folder("nothing"), 0, &err))) return;
    len = events.file.len;
    figures_whole(&entry, "step", 3);
    figures_text(&entry, "event", "stop");
    CHECK(events_add(&events, &entry, &err));
    CHECK_INT(events.file.len, len);
    figures_release(&entry);
    events_close(&events);
}

/* Whatever the clock says, and also within one second. */
TEST(names_are_in_order)
{
    const char *folder = new_folder("names"), *begin;
    struct events events;
    char last[4096] = "", host[256] = "";

    begin = files_text("names/events.out.tfevents.4000000000.old.1.0", "");
    snprintf(last, sizeof last, "%s", begin);
    for (int i = 0; i < 3; i++) {
        if (!CHECK(events_open(&events, folder, 0, &err))) return;
        CHECK(strcmp(events.file.path, last) > 0);
        snprintf(last, sizeof last, "%s", events.file.path);
        events_close(&events);
    }
    gethostname(host, sizeof host - 1);
    CHECK(strncmp(last + strlen(folder), "/events.out.tfevents.4000000003.", 32) == 0);
    CHECK(strncmp(last + strlen(folder) + 32, host, strlen(host)) == 0);
    files_text("names/events.out.tfevents.99999999999999999999", ""); /* nobody's clock */
    CHECK(events_open(&events, folder, 0, &err));
    events_close(&events);
}

TEST(failures)
{
    struct events events;

    CHECK(!events_open(&events, files_path("absent"), 0, &err));
    CHECK(strstr(err.text, "/absent: cannot open: No such file or directory"));
    events_close(&events);
    if (geteuid() != 0) {
        CHECK(!events_open(&events, "/proc", 0, &err));
        CHECK(strstr(err.text, ".0: cannot create: "));
        events_close(&events);
    }
    if (!CHECK(events_open(&events, new_folder("full"), 0, &err))) return;
    journal_close(&events.file);
    CHECK(journal_open(&events.file, "/dev/full", false, &err));
    CHECK(!events_text(&events, "a", "b", 1, &err));
    CHECK_TEXT(err.text, "/dev/full: cannot write: No space left on device");
    events_close(&events);
}

int main(void)
{
    RUN(all_kinds);
    RUN(an_entry_without_numbers);
    RUN(names_are_in_order);
    RUN(failures);
    return check_end();
}
