/* The Ollama of tests/unit/fake_ollama: ollama PORT-FILE LOG FAULT-FILE. Runs until it is killed;
 * its port stands in PORT-FILE when it listens, and each call is a line of LOG. */
#include "unit/fake_ollama.h"

#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static struct fake_ollama ollama;
    struct server *server;
    char *ready;
    FILE *file;

    if (argc != 4) return 2;
    ollama.fault_file = argv[3];
    server = server_start(fake_ollama_routes, &ollama);
    server_log_to(server, argv[2]);
    ready = mem_format("%s.new", argv[1]);
    file = fopen(ready, "w");
    if (!file || fprintf(file, "%u\n", server_port(server)) < 0 || fclose(file) != 0 ||
        rename(ready, argv[1]) != 0)
        return 1;
    mem_free(ready);
    for (;;) pause();
}
