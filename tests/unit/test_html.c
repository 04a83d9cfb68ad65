/* Pages: whatever a record holds stays a text. */
#include "page/html.h"

#include "check.h"

static struct buffer page;

static const char *done(void)
{
    buffer_byte(&page, '\0');
    page.len = 0;
    return page.at;
}

static const char *escaped(const char *at, size_t len)
{
    html_text(&page, (struct text){at, len});
    return done();
}

TEST(texts)
{
    CHECK_TEXT(escaped("a", 0), "");
    CHECK_TEXT(escaped("a < b & \"c\" > 'd'", 17), "a &lt; b &amp; &quot;c&quot; &gt; &#39;d&#39;");
    CHECK_TEXT(escaped("</script>", 9), "&lt;/script&gt;");
    CHECK_TEXT(escaped("a\tb\nc", 5), "a\tb\nc");
    CHECK_TEXT(escaped("a\r\nb\rc\r", 7), "a\nb\nc\n");
    CHECK_TEXT(escaped("\0\x1b\x7f", 3), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    CHECK_TEXT(escaped("\xc2\x85|\xc2\xa0", 5), "\xef\xbf\xbd|\xc2\xa0");
    CHECK_TEXT(escaped("\xff\xc2", 2), "\xef\xbf\xbd\xef\xbf\xbd");
    CHECK_TEXT(escaped("\xd9\x85", 2), "\xd9\x85");
}

TEST(attributes)
{
    html_attribute(&page, "title", TEXT("\" onclick='x'"));
    CHECK_TEXT(done(), " title=\"&quot; onclick=&#39;x&#39;\"");
}

TEST(records)
{
    html_record(&page, "wide", TEXT("<a>"), 0);
    CHECK_TEXT(done(), "<div class=\"record wide\" dir=\"auto\">&lt;a&gt;</div>\n");
    html_record(&page, NULL, TEXT("abcdef"), 6);
    CHECK_TEXT(done(), "<div class=\"record\" dir=\"auto\">abcdef</div>\n");
    html_record(&page, NULL, TEXT("abcdef"), 4);
    CHECK_TEXT(done(), "<div class=\"record\" dir=\"auto\">abcd<span class=\"cut\" dir=\"ltr\">"
                       "\xe2\x80\xa6 cut: 2 more bytes</span></div>\n");
}

TEST(limits)
{
    html_limited(&page, TEXT("a<b"), 0);
    html_limited(&page, TEXT("a<b"), 2);
    CHECK_TEXT(done(), "a&lt;ba&lt;<span class=\"cut\" dir=\"ltr\">\xe2\x80\xa6 cut: 1 more bytes"
                       "</span>");
}

TEST(cuts_between_characters)
{
    CHECK_INT(html_cut(TEXT("a\xe2\x82\xac"), 4).len, 4);
    CHECK_INT(html_cut(TEXT("a\xe2\x82\xac"), 3).len, 1);
    CHECK_INT(html_cut(TEXT("a\xe2\x82\xac"), 1).len, 1);
    CHECK_INT(html_cut(TEXT("\xe2\x82\xac"), 1).len, 0);
    CHECK_INT(html_cut(TEXT("ab"), 0).len, 0);
}

TEST(json)
{
    html_json(&page, "data", TEXT("[\"</script><!--\"]"));
    CHECK_TEXT(done(), "<script type=\"application/json\" id=\"data\">"
                       "[\"\\u003c/script>\\u003c!--\"]</script>\n");
}

TEST(whole_pages)
{
    const char *text;

    html_begin(&page, TEXT("a</title>"), ".x{}\n");
    html_end(&page, "f();\n");
    text = done();
    CHECK(strncmp(text, "<!DOCTYPE html>", 15) == 0);
    CHECK(strstr(text, "<title>a&lt;/title&gt;</title>") != NULL);
    CHECK(strstr(text, "default-src 'none'") != NULL);
    CHECK(strstr(text, ".x{}\n</style>") != NULL);
    CHECK(strstr(text, "<script>\nf();\n</script>\n</body>\n</html>\n") != NULL);
    CHECK(strstr(text, "http:") == NULL && strstr(text, "https:") == NULL);
    html_begin(&page, TEXT("t"), NULL);
    html_end(&page, NULL);
    CHECK(strstr(done(), "<script") == NULL);
}

int main(void)
{
    RUN(texts);
    RUN(attributes);
    RUN(records);
    RUN(limits);
    RUN(cuts_between_characters);
    RUN(json);
    RUN(whole_pages);
    buffer_release(&page);
    return check_end();
}
