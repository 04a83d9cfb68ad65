#include "split/sklearn.h"

#include "core/memory.h"
#include "hash/random.h"

#include <math.h>
#include <string.h>

static bool split_plain(struct sklearn_split *split, size_t count, struct random *random)
{
    size_t *order = mem_alloc(count * sizeof *order);

    random_permutation(random, order, count);
    memcpy(split->test, order, split->test_count * sizeof *order);
    memcpy(split->train, order + split->test_count, split->train_count * sizeof *order);
    mem_free(order);
    return true;
}

/* numpy's permutation of an array: the array shuffled in place. */
static void shuffle(struct random *random, size_t *rows, size_t count)
{
    for (size_t i = count; i-- > 1;) {
        size_t j = random_upto(random, i), keep = rows[i];

        rows[i] = rows[j];
        rows[j] = keep;
    }
}

/* One more draw for some of the classes whose remainder is this one: all of them while enough are
 * wanted, else as many as chance picks. */
static size_t top_up(size_t *draws, const double *remainders, size_t classes, double value,
                     size_t wanted, struct random *random)
{
    size_t *tied = mem_alloc(classes * sizeof *tied), count = 0, *order, take;

    for (size_t i = 0; i < classes; i++)
        if (remainders[i] == value) tied[count++] = i;
    order = mem_alloc(count * sizeof *order);
    random_permutation(random, order, count);
    take = count < wanted ? count : wanted;
    for (size_t i = 0; i < take; i++) draws[tied[order[i]]]++;
    mem_free(order);
    mem_free(tied);
    return take;
}

/* The most likely counts when draws are taken from classes of these sizes: sklearn's
 * _approximate_mode. */
static void approximate_mode(const size_t *sizes, size_t classes, size_t total, size_t wanted,
                             size_t *draws, struct random *random)
{
    double *remainders = mem_alloc(classes * sizeof *remainders), last = INFINITY;
    size_t missing = wanted;

    for (size_t i = 0; i < classes; i++) {
        double share = (double)sizes[i] / (double)total * (double)wanted;

        draws[i] = (size_t)floor(share);
        remainders[i] = share - floor(share);
        missing -= draws[i];
    }
    while (missing) {
        double next = -1;

        for (size_t i = 0; i < classes; i++)
            if (remainders[i] < last && remainders[i] > next) next = remainders[i];
        missing -= top_up(draws, remainders, classes, next, missing, random);
        last = next;
    }
    mem_free(remainders);
}

/* The rows of each class, one class after the other; starts[i] is where class i begins. */
static void sort_by_class(size_t count, const uint32_t *classes, size_t class_count, size_t *rows,
                          size_t *starts)
{
    memset(starts, 0, (class_count + 1) * sizeof *starts);
    for (size_t i = 0; i < count; i++) starts[classes[i] + 1]++;
    for (size_t c = 0; c < class_count; c++) starts[c + 1] += starts[c];
    for (size_t i = 0; i < count; i++) rows[starts[classes[i]]++] = i;
    for (size_t c = class_count; c > 0; c--) starts[c] = starts[c - 1];
    starts[0] = 0;
}

static bool check_classes(const struct sklearn_split *split, const size_t *sizes, size_t classes,
                          struct err *err)
{
    for (size_t c = 0; c < classes; c++)
        if (sizes[c] < 2)
            return err_set(err, "a stratum has only one member: it cannot stand on two sides");
    if (split->train_count < classes)
        return err_set(err, "%zu strata do not fit into a train set of %zu", classes,
                       split->train_count);
    if (split->test_count < classes)
        return err_set(err, "%zu strata do not fit into a test set of %zu", classes,
                       split->test_count);
    return true;
}

struct strata {
    size_t classes;
    size_t *rows, *starts, *sizes, *train, *test; /* the last three for each class */
};

static void draw_strata(struct sklearn_split *split, struct strata *strata, size_t count,
                        struct random *random)
{
    size_t trained = 0, tested = 0;

    approximate_mode(strata->sizes, strata->classes, count, split->train_count, strata->train,
                     random);
    for (size_t c = 0; c < strata->classes; c++) strata->sizes[c] -= strata->train[c];
    approximate_mode(strata->sizes, strata->classes, count - split->train_count, split->test_count,
                     strata->test, random);
    for (size_t c = 0; c < strata->classes; c++) {
        size_t *rows = strata->rows + strata->starts[c];

        shuffle(random, rows, strata->starts[c + 1] - strata->starts[c]);
        memcpy(split->train + trained, rows, strata->train[c] * sizeof *rows);
        memcpy(split->test + tested, rows + strata->train[c], strata->test[c] * sizeof *rows);
        trained += strata->train[c];
        tested += strata->test[c];
    }
    shuffle(random, split->train, split->train_count);
    shuffle(random, split->test, split->test_count);
}

/* The same classes without those that no row has; returns how many are left. */
static size_t close_gaps(const uint32_t *classes, size_t count, uint32_t *closed)
{
    size_t most = 0, used = 0;
    uint32_t *names;

    for (size_t i = 0; i < count; i++)
        if (classes[i] >= most) most = classes[i] + (size_t)1;
    names = mem_zero(most, sizeof *names);
    for (size_t i = 0; i < count; i++) names[classes[i]] = 1;
    for (size_t c = 0; c < most; c++)
        if (names[c]) names[c] = (uint32_t)used++;
    for (size_t i = 0; i < count; i++) closed[i] = names[classes[i]];
    mem_free(names);
    return used;
}

static bool split_strata(struct sklearn_split *split, size_t count, const uint32_t *all_classes,
                         struct random *random, struct err *err)
{
    uint32_t *classes = mem_alloc(count * sizeof *classes);
    struct strata strata = {.classes = close_gaps(all_classes, count, classes)};
    bool good;

    strata.rows = mem_alloc(count * sizeof *strata.rows);
    strata.starts = mem_zero(4 * strata.classes + 1, sizeof *strata.starts);
    strata.sizes = strata.starts + strata.classes + 1;
    strata.train = strata.sizes + strata.classes;
    strata.test = strata.train + strata.classes;
    sort_by_class(count, classes, strata.classes, strata.rows, strata.starts);
    for (size_t c = 0; c < strata.classes; c++)
        strata.sizes[c] = strata.starts[c + 1] - strata.starts[c];
    good = check_classes(split, strata.sizes, strata.classes, err);
    if (good) draw_strata(split, &strata, count, random);
    mem_free(strata.rows);
    mem_free(strata.starts);
    mem_free(classes);
    return good;
}

bool sklearn_split(struct sklearn_split *split, size_t count, double test_size, uint32_t seed,
                   const uint32_t *classes, struct err *err)
{
    struct random random;
    bool good;

    split->test_count = (size_t)ceil(test_size * (double)count);
    if (split->test_count >= count)
        return err_set(err, "%zu rows are too few to split: one side would be empty", count);
    split->train_count = count - split->test_count;
    split->train = mem_alloc(split->train_count * sizeof *split->train);
    split->test = mem_alloc(split->test_count * sizeof *split->test);
    random_init(&random, seed);
    good = classes ? split_strata(split, count, classes, &random, err)
                   : split_plain(split, count, &random);
    if (good) return true;
    mem_free(split->train);
    mem_free(split->test);
    return false;
}
