/* OLLAMA_HOST as Ollama reads it. */
#include "deploy/host.h"

#include "check.h"

static struct buffer url;

static void is(const char *text, const char *want)
{
    url.len = 0;
    host_url(&url, text);
    CHECK_TEXT(url.at, want);
}

TEST(hosts)
{
    is(NULL, "http://127.0.0.1:11434");
    is("", "http://127.0.0.1:11434");
    is("  \"1.2.3.4\" ", "http://1.2.3.4:11434");
    is("'h'", "http://h:11434");
    is("http://h", "http://h:80");
    is("https://h/p/q/", "https://h:443/p/q");
    is("h:99999", "http://h:11434");
    is("h:x", "http://h:11434");
    is("h:", "http://h:11434");
    is("[::1]:5", "http://[::1]:5");
    is("[::1]", "http://[::1]:11434");
    is("::1", "http://[::1]:11434");
    is(":8080", "http://127.0.0.1:8080");
    is("0.0.0.0:7", "http://127.0.0.1:7");
    is("::", "http://[::1]:11434");
    is("ollama.com", "https://ollama.com:443");
    is("http://example.test:0/", "http://example.test:0");
    is("ftp://h", "ftp://h:11434");
}

int main(void)
{
    RUN(hosts);
    buffer_release(&url);
    return check_end();
}
