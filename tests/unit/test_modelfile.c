/* Modelfiles: read, written, read again; and what is refused. */
#include "deploy/modelfile.h"
#include "deploy/parameter.h"

#include "check.h"

static struct modelfile file;
static struct err err;

static bool parse(const char *text)
{
    modelfile_release(&file);
    return modelfile_parse(&file, text_of(text), "M", &err);
}

static void refused(const char *text, const char *why)
{
    CHECK(!parse(text));
    CHECK_TEXT(err.text, why);
}

TEST(values)
{
    CHECK(parse("\xef\xbb\xbf# a comment\n\n  from  ./a b.gguf \t\n"
                "Template \"\"\"{{ .System }}\n\"x\" # no comment\n\"\"\"  \n"
                "SYSTEM \"one \"two\" x\nthree\"\nPARAMETER temperature 0.5\n"
                "parameter stop \"<a> \"\nPARAMETER stop <b>\nPARAMETER temperature 1\n"
                "MESSAGE user Hi\nMESSAGE assistant \"\"\"\"\"\"\nLICENSE mit\nLICENSE bsd"));
    CHECK_TEXT(file.from, "./a b.gguf");
    CHECK_TEXT(file.template, "{{ .System }}\n\"x\" # no comment\n");
    CHECK_TEXT(file.system, "one \"two\" x\nthree");
    CHECK_INT(file.parameters.count, 3);
    CHECK_TEXT(file.parameters.items[0].value, "1");
    CHECK_TEXT(file.parameters.items[1].value, "<a> ");
    CHECK_TEXT(file.messages.items[1].value, "");
    CHECK_TEXT(file.licenses.items[1].value, "bsd");
    CHECK(modelfile_has(&file, "stop") && !modelfile_has(&file, "top_k"));
}

TEST(round_trip)
{
    struct buffer first = {0}, second = {0};

    CHECK(parse(
        "FROM x\nTEMPLATE \"\"\"a\n\n b\"\"\"\nSYSTEM \"\"\" # \"\"\"\nPARAMETER stop \"a b\"\n"
        "PARAMETER top_k 4\nMESSAGE user \"\"\"\"\"\"\nLICENSE \"\"\"x \"y\" z\"\"\"\n"));
    CHECK(modelfile_write(&file, &first, &err));
    buffer_byte(&first, '\0');
    CHECK_TEXT(
        first.at,
        "FROM x\nTEMPLATE \"\"\"a\n\n b\"\"\"\nPARAMETER stop a b\nPARAMETER top_k 4\n"
        "SYSTEM \"\"\" # \"\"\"\nMESSAGE user \"\"\"\"\"\"\nLICENSE \"\"\"x \"y\" z\"\"\"\n");
    CHECK(parse(first.at));
    CHECK(modelfile_write(&file, &second, &err));
    buffer_byte(&second, '\0');
    CHECK_TEXT(second.at, first.at);
    buffer_release(&first);
    buffer_release(&second);
}

TEST(bad)
{
    refused("", "M: there is no FROM");
    refused("SYSTEM x\n", "M: there is no FROM");
    refused("FROM\n", "M:1: nothing stands where a value should be ''");
    refused("FROM a\nFROM b", "M:2: there is another 'FROM'");
    refused("FROM a\nTEMPLATE a\nTEMPLATE a", "M:3: there is another 'TEMPLATE'");
    refused("FROM a\nBOGUS x", "M:2: not a command: 'BOGUS'");
    refused("FROM a\nADAPTER x",
            "M:2: fold the adapter into the model (dpo-lora-merge): servers refuse 'ADAPTER'");
    refused("FROM a\nDRAFT x", "M:2: there is no support for 'DRAFT'");
    refused("FROM a\n\nSYSTEM \"\"\"x\n", "M:3: no end of the text that begins with '\"\"\"'");
    refused("FROM a\nSYSTEM \"", "M:2: no end of the text that begins with '\"'");
    refused("FROM a\nSYSTEM \"\"\"\"\"", "M:2: no end of the text that begins with '\"\"\"'");
    refused("FROM a\nSYSTEM \"\"\"a\"\"\" b\"\"\"", "M:2: three quotes within 'a\"\"\" b'");
    refused("FROM a\nMESSAGE tool x",
            "M:2: a message is of system, user or assistant, not of 'tool'");
    refused("FROM a\nPARAMETER top_k 1.5", "M:2: 'top_k' is not a whole number: '1.5'");
    refused("FROM a\nPARAMETER seed 2147483648", "M:2: 'seed' is not a whole number: '2147483648'");
    refused("FROM a\nPARAMETER top_p x", "M:2: 'top_p' is not a number: 'x'");
    refused("FROM a\nPARAMETER use_mmap 1", "M:2: 'use_mmap' is neither true nor false: '1'");
    refused("FROM a\nPARAMETER mirostat 1", "M:2: unknown parameter 'mirostat'");
    refused("FROM a\nPARAMETER stop \"\"\"\"\"\"", "M:2: 'stop' is empty");
    refused("FROM a\nSYSTEM a\xc2\xa0z", "M:2: the character U+00A0, which Ollama drops");
    refused("FROM a\r\n", "M:1: the character U+000D, which Ollama drops");
    refused("FROM a\nSYSTEM \xff", "M:2: not valid UTF-8");
    CHECK(!modelfile_parse(&file, (struct text){"FROM a\0", 7}, "M", &err));
    CHECK_TEXT(err.text, "M:1: the character U+0000, which Ollama drops");
}

static void unwritable(const char *system, const char *why)
{
    struct buffer out = {0};

    CHECK(parse("FROM a"));
    modelfile_replace(&file.system, system);
    CHECK(!modelfile_write(&file, &out, &err));
    CHECK_TEXT(err.text, why);
    CHECK_INT(out.len, 0);
    buffer_release(&out);
}

TEST(what_cannot_be_written)
{
    const char *quotes =
        "SYSTEM has quotes at an end, or three in a row, which a Modelfile cannot hold";

    unwritable("a\"\"\"b", quotes);
    unwritable("\"a", quotes);
    unwritable("a\"", quotes);
    unwritable("a\xe2\x80\x8b", "SYSTEM has the character U+200B, which a Modelfile cannot hold");
    unwritable("\xc3", "SYSTEM is not valid UTF-8");
}

TEST(parameters_as_json)
{
    struct buffer json = {0};

    parameter_write(&json, "stop", "a\"");
    parameter_write(&json, "use_mmap", "true");
    parameter_write(&json, "temperature", "0.50");
    parameter_write(&json, "num_ctx", "4096");
    buffer_byte(&json, '\0');
    CHECK_TEXT(json.at, "\"a\\\"\"true0.54096");
    buffer_release(&json);
}

int main(void)
{
    RUN(values);
    RUN(round_trip);
    RUN(bad);
    RUN(what_cannot_be_written);
    RUN(parameters_as_json);
    modelfile_release(&file);
    return check_end();
}
