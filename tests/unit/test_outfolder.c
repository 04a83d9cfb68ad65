/* Folders whole or absent, whenever a call fails or the program is killed. */
#include "core/outfolder.h"

#include "check.h"
#include "unit/faults.h"
#include "unit/files.h"

#include <dirent.h>

static struct err err;

static bool there(const char *name)
{
    return access(files_path(name), F_OK) == 0;
}

/* Entries of a folder, hidden ones too. */
static size_t entries(const char *name)
{
    DIR *list = opendir(files_path(name));
    size_t count = 0;

    for (const struct dirent *entry; list && (entry = readdir(list));)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    if (list) closedir(list);
    return count;
}

static void clear(const char *name)
{
    CHECK(outfolder_remove(files_path(name), &err));
}

static bool put(const char *folder, const char *name, const char *text)
{
    char path[300];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "w");
    return file && fputs(text, file) >= 0 && fclose(file) == 0;
}

/* A folder of two files that both say the same word. */
static bool make_set(const char *path, const char *word, struct err *out)
{
    struct outfolder folder;

    if (!outfolder_begin(&folder, path, out)) return false;
    if (put(folder.temporary, "a", word) && put(folder.temporary, "b", word))
        return outfolder_commit(&folder, out);
    outfolder_abandon(&folder);
    return err_set(out, "cannot put");
}

/* The word of a whole set, '-' where there is none, NULL for a set in parts. */
static const char *word_of(const char *name)
{
    static char words[2][20];

    if (!there(name)) return "-";
    for (int i = 0; i < 2; i++) {
        char part[100], *text;

        snprintf(part, sizeof part, "%s/%c", name, 'a' + i);
        text = files_read(files_path(part), NULL);
        if (!text) return NULL;
        snprintf(words[i], sizeof words[i], "%s", text);
        mem_free(text);
    }
    return strcmp(words[0], words[1]) == 0 ? words[0] : NULL;
}

TEST(appears_whole)
{
    struct outfolder folder;

    CHECK(outfolder_make(files_path("run/deep"), &err));
    if (!CHECK(outfolder_begin(&folder, files_path("run/deep/x-1"), &err))) return;
    CHECK(put(folder.temporary, "a", "new") && put(folder.temporary, "b", "new"));
    CHECK(!there("run/deep/x-1") && entries("run/deep") == 1);
    CHECK(outfolder_commit(&folder, &err));
    CHECK_TEXT(word_of("run/deep/x-1"), "new");
    CHECK_INT(entries("run/deep"), 1);

    if (!CHECK(outfolder_begin(&folder, files_path("run/deep/x-2"), &err))) return;
    CHECK(put(folder.temporary, "a", "new"));
    outfolder_abandon(&folder);
    CHECK_INT(entries("run/deep"), 1);
    CHECK(outfolder_remove(files_path("run/deep/x-1"), &err));
    CHECK_INT(entries("run/deep"), 0);
    clear("run");
}

TEST(replaces)
{
    for (int i = 0; i < 2; i++) {
        faults_no_exchange = i;
        CHECK(outfolder_make(files_path("run"), &err));
        CHECK(make_set(files_path("run/x"), "old", &err));
        CHECK(make_set(files_path("run/x"), "new", &err));
        CHECK_TEXT(word_of("run/x"), "new");
        CHECK_INT(entries("run"), 1);
        clear("run");
        files_text("run/x", "a file"); /* in the way */
        CHECK(make_set(files_path("run/x"), "new", &err));
        CHECK_TEXT(word_of("run/x"), "new");
        CHECK_INT(entries("run"), 1);
        clear("run");
    }
    faults_no_exchange = false;
}

TEST(in_the_working_directory)
{
    struct outfolder folder;
    char *here = getcwd(NULL, 0);

    CHECK(outfolder_make(files_path("run"), &err) && chdir(files_path("run")) == 0);
    if (CHECK(outfolder_begin(&folder, "x", &err))) {
        CHECK(folder.temporary[0] == '.' && access(folder.temporary, F_OK) == 0);
        CHECK(outfolder_commit(&folder, &err));
    }
    CHECK(access("x", F_OK) == 0);
    CHECK(outfolder_remove("x", &err));
    CHECK(here && chdir(here) == 0);
    mem_free(here);
    CHECK_INT(entries("run"), 0);
    clear("run");
}

static const char *target; /* of the jobs below */

static bool commit_job(struct err *out)
{
    return make_set(target, "new", out);
}

static bool remove_job(struct err *out)
{
    return outfolder_remove(target, out);
}

static bool sweep_job(struct err *out)
{
    return outfolder_sweep(target, out);
}

/* Is it the word, or the other one? */
static bool is_one_of(const char *word, const char *a, const char *b)
{
    return word && (strcmp(word, a) == 0 || strcmp(word, b) == 0);
}

/* A job that turns a set of one word ('-': none) into one of another, with a fault at each call. */
static void check_faults(bool (*job)(struct err *), int fault, const char *before,
                         const char *after)
{
    enum faults_end end = FAULTS_SILENT;
    long at = 1;

    for (bool more = true; more; at++) {
        CHECK(outfolder_make(files_path("run"), &err));
        if (*before != '-') CHECK(make_set(files_path("run/x"), before, &err));
        target = files_path("run/x");
        more = faults_try(job, fault, false, at, &end);
        CHECK(end != FAULTS_SILENT);
        if (end == FAULTS_DONE) CHECK_TEXT(word_of("run/x"), after);
        if (!faults_no_exchange) CHECK(is_one_of(word_of("run/x"), before, after));
        CHECK(entries("run") <= 2);
        CHECK(outfolder_sweep(files_path("run"), &err));
        CHECK(is_one_of(word_of("run/x"), before, after));
        CHECK(entries("run") == (*word_of("run/x") != '-'));
        clear("run");
    }
    CHECK(end == FAULTS_DONE && at > 4);
}

TEST(killed_or_failing)
{
    for (int i = 0; i < 2; i++) {
        faults_no_exchange = i;
        for (int fault = 0; fault <= EIO; fault += EIO) {
            check_faults(commit_job, fault, "-", "new");
            check_faults(commit_job, fault, "old", "new");
            check_faults(remove_job, fault, "old", "-");
        }
    }
    faults_no_exchange = false;
}

/* What a killed program leaves, with its number; an old one set aside is the only one of its
 * name. */
static void litter(void)
{
    files_text("run/.x.999999999-0.tmp/a", "new");
    files_text("run/.y-1.2.999999999-12.old/a", "old");
    files_text("run/.y-1.2.999999999-12.old/b", "old");
    files_text("run/.z.999999999-0.old/a", "old");
    files_text("run/z/a", "new");
    files_text("run/z/b", "new");
    files_text("run/.file.jsonl.999999999-3.tmp", "half");
    files_text("run/.x.999999999-1.tmp/deep/er/a", "new");
}

TEST(sweeps)
{
    char living[60];

    litter();
    CHECK(outfolder_sweep(files_path("run"), &err));
    CHECK_INT(entries("run"), 2);
    CHECK_TEXT(word_of("run/y-1.2"), "old");
    CHECK_TEXT(word_of("run/z"), "new");
    files_text("run/.tmp", "kept");
    files_text("run/.x.tmp", "kept");
    files_text("run/.x.1-.tmp", "kept");
    files_text("run/.x.-1.tmp", "kept");
    files_text("run/.x.a-1.tmp", "kept");
    files_text("run/..1-1.tmp", "kept");
    files_text("run/x.1-1.tmp", "kept");
    files_text("run/.x.1-1.tmpx", "kept");
    snprintf(living, sizeof living, "run/.x.%ld-1.tmp", (long)getppid());
    files_text(living, "kept: who writes it lives");
    CHECK(outfolder_sweep(files_path("run"), &err));
    CHECK_INT(entries("run"), 11);
    clear("run");
}

TEST(sweeps_again_when_killed)
{
    enum faults_end end = FAULTS_KILLED;
    long at = 1;

    target = files_path("run");
    for (bool more = true; more; at++) {
        litter();
        more = faults_try(sweep_job, FAULT_KILL, false, at, &end);
        CHECK(outfolder_sweep(target, &err));
        CHECK_INT(entries("run"), 2);
        CHECK_TEXT(word_of("run/y-1.2"), "old");
        CHECK_TEXT(word_of("run/z"), "new");
        clear("run");
    }
    CHECK(end == FAULTS_DONE && at > 8);
}

TEST(refusals)
{
    struct outfolder folder;
    char want[300];

    files_text("file", "x");
    CHECK(!outfolder_make(files_path("file"), &err));
    snprintf(want, sizeof want, "%s: is not a folder", files_path("file"));
    CHECK_TEXT(err.text, want);
    CHECK(!outfolder_make(files_path("file/x"), &err));
    snprintf(want, sizeof want, "%s: cannot make the folder: Not a directory",
             files_path("file/x"));
    CHECK_TEXT(err.text, want);
    CHECK(!outfolder_make("", &err));
    CHECK_TEXT(err.text, ": cannot make the folder: No such file or directory");
    CHECK(!outfolder_begin(&folder, files_path("absent/x"), &err));
    CHECK(strstr(err.text, "/absent/x: cannot create: No such file or directory"));
    CHECK(!outfolder_remove(files_path("absent/x"), &err));
    CHECK(strstr(err.text, "/absent/x: cannot remove: No such file or directory"));
    CHECK(!outfolder_remove(files_path("absent"), &err));
    CHECK(strstr(err.text, "/absent: cannot remove: No such file or directory"));
    CHECK(!outfolder_sweep(files_path("absent"), &err));
    CHECK(strstr(err.text, "/absent: No such file or directory"));
    CHECK(!outfolder_begin(&folder, "/proc/x", &err));
    CHECK(strstr(err.text, "/proc/x: cannot create: "));
}

int main(void)
{
    RUN(appears_whole);
    RUN(replaces);
    RUN(in_the_working_directory);
    RUN(killed_or_failing);
    RUN(sweeps);
    RUN(sweeps_again_when_killed);
    RUN(refusals);
    return check_end();
}
