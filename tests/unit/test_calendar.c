#include "chat/calendar.h"
#include "check.h"

/* A Tuesday. */
static const struct tm today = {.tm_year = 126, .tm_mon = 2, .tm_mday = 3};
static struct calendar calendar;

static void says(const char *line, const char *want)
{
    struct buffer out = {0};
    struct err err = {""};

    if (!calendar_run(&calendar, text_of(line), &out, &err)) buffer_format(&out, "!%s", err.text);
    buffer_byte(&out, '\0');
    CHECK_TEXT(out.at, want);
    buffer_release(&out);
}

static void begin(void)
{
    calendar_release(&calendar);
    calendar.today = &today;
}

TEST(entries)
{
    begin();
    says("list: today", "nothing");
    says("create: Meeting with Ada; 2026-03-03 10:00",
         "entered: Meeting with Ada, 2026-03-03 10:00");
    says("remind: Clean the gutters; tomorrow 18:45",
         "entered: Clean the gutters, 2026-03-04 18:45");
    says("block: Bills; 2026-03-05 9:00; 90 min", "entered: Bills, 2026-03-05 09:00, 90 min");
    says("create: Trip to Krak\xc3\xb3w; on Friday", "entered: Trip to Krak\xc3\xb3w, 2026-03-06");
    says("create: Choir; every Monday 19:30", "entered: Choir, every Monday 19:30");
    says("list: today", "Meeting with Ada, 2026-03-03 10:00");
    says("list: 2026-03-09", "Choir, every Monday 19:30");
    says("find: ada", "Meeting with Ada, 2026-03-03 10:00");
    says("find: r; 2026-03-04", "Clean the gutters, 2026-03-04 18:45");
    says("find: nobody", "nothing");
}

TEST(changes)
{
    begin();
    says("create: Tea; today 10:00; 2 h", "entered: Tea, 2026-03-03 10:00, 120 min");
    says("move: tea; today -> 2026-04-01", "moved: Tea, 2026-04-01 10:00, 120 min");
    says("move: Tea; 2026-04-01 -> 2026-04-02 11:15", "moved: Tea, 2026-04-02 11:15, 120 min");
    says("invite: Bo; Tea", "invited: Tea with Bo, 2026-04-02 11:15, 120 min");
    says("invite: Cy; Tea; today", "!there is no 'Tea' on that day");
    says("cancel: Tea with Bo; 2026-04-02", "cancelled: Tea with Bo, 2026-04-02 11:15, 120 min");
    says("cancel: Tea with Bo; 2026-04-02", "!there is no 'Tea with Bo' on that day");
    says("create: A; today", "entered: A, 2026-03-03");
    says("create: B; today 8:00", "entered: B, 2026-03-03 08:00");
    says("create: C; tomorrow", "entered: C, 2026-03-04");
    says("clear: today", "cancelled: 2");
    says("find: C", "C, 2026-03-04");
}

TEST(what_is_taken)
{
    begin();
    says("book: Room 3; 2026-03-05 10:00; 90 min", "entered: Room 3, 2026-03-05 10:00, 90 min");
    says("book: Room 3; 2026-03-05 11:15", "!'Room 3' is taken then");
    says("book: Room 4; 2026-03-05 11:15", "entered: Room 4, 2026-03-05 11:15");
    says("book: Room 3; 2026-03-05 11:30", "entered: Room 3, 2026-03-05 11:30");
    says("free: 2026-03-05 8:00; 120 min", "free");
    says("free: 2026-03-05 8:00; 121 min", "taken: Room 3, 2026-03-05 10:00, 90 min");
    says("free: 2026-03-06", "free");
}

TEST(what_is_wrong)
{
    begin();
    says("", "!'' begins with no command such as 'list:'");
    says("list", "!'list' begins with no command such as 'list:'");
    says("dance: today", "!'dance: today' begins with no command such as 'list:'");
    says("create: Tea", "!'create' takes 2 to 3 parts, with ';' between them");
    says("create: ; today", "!'create' takes 2 to 3 parts, with ';' between them");
    says("create: A; today; 1 h; more", "!'create' takes 2 to 3 parts, with ';' between them");
    says("list: next week", "!'next' is no day such as 2027-07-21, today or Monday");
    says("list: 2026-02-30", "!'2026-02-30' is no day such as 2027-07-21, today or Monday");
    says("list: today 25:00", "!'25:00' is no time of a day");
    says("list: today noon", "!'noon' is no time such as 17:15");
    says("list: today 10:00 sharp", "!' sharp' stands behind the time");
    says("list: every day", "!'every day' is no day of each week");
    says("create: A; today; long", "!'long' is no length such as '90 min'");
    says("create: A; today; 99 h", "!'99 h' is no length such as '90 min'");
    says("move: A; today", "!'move' takes 'TITLE; DAY -> DAY TIME'");
    says("move: A; today -> tomorrow", "!there is no 'A' on that day");
    says("list: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         "!'aaaaaaaaaaaaaaaaaaaa...' is no day such as 2027-07-21, today or Monday");
    says("list: aaaaaaaaaaaaaaaaaaa\xc3\xb3\xc3\xb3\xc3\xb3",
         "!'aaaaaaaaaaaaaaaaaaa...' is no day such as 2027-07-21, today or Monday");
}

/* What is too long is not passed over, and a unit is one or none. */
TEST(what_is_not_understood)
{
    begin();
    says("create: A; tomorrow 17:15:00.000000000000+01:00",
         "!'17:15:00.00000000000...' is no time such as 17:15");
    says("free: tomorrow aaaaaaaaaaaaaaaaaaaaaaaa",
         "!'aaaaaaaaaaaaaaaaaaaa...' is no time such as 17:15");
    says("list: every Mondayyyyyyyyyyyyyyyyyyyyyyyyyy",
         "!'every Mondayyyyyyyyyyyyyyy...' is no day of each week");
    says("create: A; today; 1.0000000000000000000000000 h",
         "!'1.0000000000000000000000000 h' is no length such as '90 min'");
    says("create: A; today; 2 months", "!'2 months' is no length such as '90 min'");
    says("create: A; today; 3 hippos", "!'3 hippos' is no length such as '90 min'");
    says("create: A; today; 2", "!'2' is no length such as '90 min'");
    says("create: A; today; 2 hhhhhhhhhhhhhhhhhhhhhhhh",
         "!'2 hhhhhhhhhhhhhhhhhhhhhhhh' is no length such as '90 min'");
    says("create: A; today; 1.5 Hours", "entered: A, 2026-03-03, 90 min");
    says("create: B; today; 2 hrs", "entered: B, 2026-03-03, 120 min");
    says("create: C; today; 30 m", "entered: C, 2026-03-03, 30 min");
    says("create: D; today; 45 minutes", "entered: D, 2026-03-03, 45 min");
}

TEST(it_is_full_at_some_time)
{
    struct buffer out = {0};
    struct err err;
    size_t count = 0;

    begin();
    while (count < 2000 && calendar_run(&calendar, TEXT("create: A; today"), &out, &err)) count++;
    CHECK_INT(count, 1000);
    CHECK_TEXT(err.text, "the calendar is full: it has 1000 entries");
    buffer_release(&out);
    calendar_release(&calendar);
}

int main(void)
{
    RUN(entries);
    RUN(changes);
    RUN(what_is_taken);
    RUN(what_is_wrong);
    RUN(what_is_not_understood);
    RUN(it_is_full_at_some_time);
    return check_end();
}
