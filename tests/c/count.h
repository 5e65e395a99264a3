/* The resources of this process, from the kernel. */
#ifndef COUNT_H
#define COUNT_H

#include <dirent.h>
#include <string.h>

#include "check.h"

static inline int entries(const char *folder)
{
    DIR *dir = opendir(folder);
    int count = 0;
    CHECK(dir != NULL);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

static inline int threads(void)
{
    return entries("/proc/self/task");
}

static inline int descriptors(void)
{
    return entries("/proc/self/fd");
}

/* A line of /proc/self/status, in its unit. */
static inline long status_of(const char *name)
{
    char line[256];
    long value = -1;
    FILE *file = fopen("/proc/self/status", "r");
    CHECK(file != NULL);
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':')
            value = strtol(line + strlen(name) + 1, NULL, 10);
    fclose(file);
    CHECK(value >= 0);
    return value;
}

#endif
