/* Seals: the last line that says how many records came before it. */
#include "records/seal.h"

#include "check.h"
#include "unit/files.h"

static struct err err;

TEST(texts)
{
    static const char *const bad[] = {"",
                                      "{\"_end\":}",
                                      "{\"_end\":-1}",
                                      "{\"_end\":1 }",
                                      "{\"_end\":1",
                                      "{\"_end\":1},",
                                      "{\"_end\": 1}",
                                      "{\"_End\":1}",
                                      "{\"_end\":1.0}",
                                      "{\"_end\":\"1\"}",
                                      "{\"_end\":99999999999999999999}"};
    uint64_t records;

    CHECK(seal_read(TEXT("{\"_end\":0}"), &records) && records == 0);
    CHECK(seal_read(TEXT("{\"_end\":123456789012}"), &records) && records == 123456789012);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        check_claim(!seal_read(text_of(bad[i]), &records), __FILE__, __LINE__, "%s", bad[i]);
}

TEST(written_and_read)
{
    static const uint64_t counts[] = {0, 7, 1000000, 9999999999999999999U};
    uint64_t records;

    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct outfile out;
        char *text;
        size_t len;

        CHECK(outfile_open(&out, files_path("seal"), &err));
        CHECK(seal_write(&out, counts[i], &err) && outfile_commit(&out, &err));
        text = files_read(files_path("seal"), &len);
        CHECK(text && len > 0 && text[len - 1] == '\n');
        CHECK(seal_read((struct text){text, len - 1}, &records) && records == counts[i]);
        mem_free(text);
    }
}

TEST(counting)
{
    struct seal seal = {0};

    CHECK(seal_end(&seal, "f", false, &err)); /* no seal, none needed */
    CHECK(!seal_end(&seal, "-", true, &err));
    CHECK_TEXT(err.text, "standard input: ends without a seal after 0 records: its writer died or "
                         "does not use --seal");
    CHECK(seal_count(&seal, "f", 1, &err) && seal_count(&seal, "f", 2, &err));
    CHECK(seal_met(&seal, 2, "f", 3, &err) && seal_end(&seal, "f", true, &err));
    CHECK(seal_count(&seal, "g", 1, &err) && seal_met(&seal, 2, "g", 2, &err));
    CHECK(!seal_end(&seal, "g", false, &err));
    CHECK_TEXT(err.text, "g: the seal says 2 records, but 1 came");
    CHECK(seal_met(&seal, 0, "h", 1, &err));
    CHECK(!seal_count(&seal, "h", 2, &err));
    CHECK_TEXT(err.text, "h:2: a record behind the seal");
    CHECK(!seal_met(&seal, 0, "h", 3, &err));
}

int main(void)
{
    RUN(texts);
    RUN(written_and_read);
    RUN(counting);
    return check_end();
}
