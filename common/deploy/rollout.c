#include "deploy/rollout.h"

#include "place/ollama_name.h"

#include <string.h>
#include <strings.h>

/* Where the tag of a name begins, with its ':'; its end where there is none. */
static size_t tag_at(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *colon = strrchr(slash ? slash : name, ':');

    return colon ? (size_t)(colon - name) : strlen(name);
}

static char *with_tag(const char *name, const char *tag)
{
    return mem_format("%.*s:%s", (int)tag_at(name), name, tag);
}

static char *previous(const char *name)
{
    return mem_format("%s-prev", name);
}

static char *aside(const char *name)
{
    return mem_format("%s-swap", name);
}

/* Long names have no room for what is added to them. */
static bool check_name(const char *name, struct err *err)
{
    struct ollama_name parts;

    if (strlen(name) > 400 || !ollama_name_parse(&parts, name, err))
        return err_set(err, "'%.400s' is not a name of a model: [HOST/][SPACE/]MODEL[:TAG]", name);
    return strlen(parts.tag) <= 75 || err_set(err, "the tag of '%s' is longer than 75", name);
}

static bool add_name(struct rollout *rollout, char *name, struct err *err)
{
    for (size_t i = 0; i < rollout->count; i++) {
        if (strcasecmp(rollout->names[i], name) != 0) continue;
        err_write(err, "'%s' is given twice", name);
        mem_free(name);
        return false;
    }
    rollout->names[rollout->count++] = name;
    return check_name(name, err);
}

bool rollout_open(struct rollout *rollout, struct client *client, const char *name,
                  const char *const *tags, size_t tag_count, struct err *err)
{
    const char *tag = name + tag_at(name);

    *rollout = (struct rollout){.client = client};
    rollout->names = mem_zero(tag_count + 1, sizeof *rollout->names);
    rollout->had = mem_zero(tag_count + 1, sizeof *rollout->had);
    rollout->same = mem_zero(tag_count + 1, sizeof *rollout->same);
    if (!add_name(rollout, *tag ? mem_copy_text(name) : with_tag(name, "latest"), err))
        return false;
    for (size_t i = 0; i < tag_count; i++) {
        if (strpbrk(tags[i], "/:")) return err_set(err, "'%s' is not a tag", tags[i]);
        if (!add_name(rollout, with_tag(name, tags[i]), err)) return false;
    }
    return true;
}

const char *rollout_candidate(struct rollout *rollout, const char *digest)
{
    char *tag = mem_format("candidate-%.12s", digest);

    rollout->candidate = with_tag(rollout->names[0], tag);
    mem_free(tag);
    return rollout->candidate;
}

/* A name that is moved anew has no way back to be ended. */
static bool forget_cut(struct rollout *rollout, const char *name, struct err *err)
{
    char *middle = aside(name), digest[65];
    const int found = client_digest(rollout->client, middle, digest, err);
    const bool good = found == 0 || (found > 0 && client_delete(rollout->client, middle, err));

    mem_free(middle);
    return good;
}

/* What a name means is kept as its -prev, unless it means that already. */
static bool keep(struct rollout *rollout, size_t i, const char *digest, struct err *err)
{
    char now[65], *before;
    const int found = client_digest(rollout->client, rollout->names[i], now, err);
    bool good;

    if (found <= 0) return found == 0;
    rollout->same[i] = strcmp(now, digest) == 0;
    if (rollout->same[i]) return true;
    before = previous(rollout->names[i]);
    good = forget_cut(rollout, rollout->names[i], err) &&
           client_copy(rollout->client, rollout->names[i], before, err);
    rollout->had[i] = good;
    mem_free(before);
    return good;
}

/* Each moved name means again what it meant; the cause of the failure stays in err. */
static void take_back(struct rollout *rollout, struct err *err)
{
    struct err other;
    bool good = true;

    while (rollout->moved) {
        const size_t i = --rollout->moved;
        char *before = previous(rollout->names[i]);

        if (rollout->had[i])
            good = client_copy(rollout->client, before, rollout->names[i], &other) && good;
        else if (!rollout->same[i])
            good = client_delete(rollout->client, rollout->names[i], &other) && good;
        mem_free(before);
    }
    if (!good) err_write_prefix(err, "names that were moved already could not be taken back");
}

bool rollout_move(struct rollout *rollout, struct err *err)
{
    char digest[65];
    const int found = client_digest(rollout->client, rollout->candidate, digest, err);

    if (found == 0) err_write(err, "'%s' was made, and is not there", rollout->candidate);
    if (found <= 0) return false;
    for (size_t i = 0; i < rollout->count; i++) {
        if (keep(rollout, i, digest, err) &&
            (rollout->same[i] ||
             client_copy(rollout->client, rollout->candidate, rollout->names[i], err))) {
            rollout->moved++;
            continue;
        }
        take_back(rollout, err);
        return false;
    }
    return true;
}

/* Two names change places over a third. One that was cut off left that third name behind: where the
 * first has moved already, the rest is done, and no more. */
static bool swap(struct rollout *rollout, const char *name, struct err *err)
{
    struct client *client = rollout->client;
    char *before = previous(name), *middle = aside(name);
    char old[65] = "", now[65] = "", left[65] = "";
    const int has_old = client_digest(client, before, old, err);
    const int has_now = has_old > 0 ? client_digest(client, name, now, err) : has_old;
    const int has_left = has_now > 0 ? client_digest(client, middle, left, err) : has_now;
    const bool moved =
        has_left > 0 && strcmp(now, left) != 0 && (strcmp(now, old) == 0 || strcmp(left, old) == 0);
    bool good = has_old > 0 && has_left >= 0;

    if (has_old == 0) good = err_set(err, "there is no '%s' to go back to", before);
    if (good && !moved)
        good = (!has_now || client_copy(client, name, middle, err)) &&
               client_copy(client, before, name, err);
    if (good && has_now)
        good = client_copy(client, middle, before, err) && client_delete(client, middle, err);
    mem_free(before);
    mem_free(middle);
    return good;
}

void rollout_leave_own(struct rollout *rollout)
{
    if (rollout->count == 1) return;
    mem_free(rollout->names[0]);
    memmove(rollout->names, rollout->names + 1, --rollout->count * sizeof *rollout->names);
}

bool rollout_back(struct rollout *rollout, struct err *err)
{
    for (size_t i = 0; i < rollout->count; i++) {
        if (!swap(rollout, rollout->names[i], err)) return false;
        rollout->moved++;
    }
    return true;
}

bool rollout_clear(struct rollout *rollout, struct err *err)
{
    char digest[65];
    const int found =
        rollout->candidate ? client_digest(rollout->client, rollout->candidate, digest, err) : 0;

    return found == 0 || (found > 0 && client_delete(rollout->client, rollout->candidate, err));
}

void rollout_close(struct rollout *rollout)
{
    for (size_t i = 0; i < rollout->count; i++) mem_free(rollout->names[i]);
    mem_free(rollout->names);
    mem_free(rollout->had);
    mem_free(rollout->same);
    mem_free(rollout->candidate);
}
