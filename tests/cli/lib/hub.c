/* The hub of tests/unit/fake_hub: hub ROOT PORT-FILE LOG. Runs until it is killed; its port stands
 * in PORT-FILE when it listens, and each call is a line of LOG. */
#include "unit/fake_hub.h"

#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static struct fake_hub hub;
    struct server *server;
    char *ready;
    FILE *file;

    if (argc != 4) return 2;
    hub.root = argv[1];
    server = server_start(fake_hub_routes, &hub);
    server_log_to(server, argv[3]);
    ready = mem_format("%s.new", argv[2]);
    file = fopen(ready, "w");
    if (!file || fprintf(file, "%u\n", server_port(server)) < 0 || fclose(file) != 0 ||
        rename(ready, argv[2]) != 0)
        return 1;
    mem_free(ready);
    for (;;) pause();
}
