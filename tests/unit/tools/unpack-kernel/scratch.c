/* SPDX-License-Identifier: MIT */
/* A directory of a test's own: see scratch.h. */
#include "scratch.h"

#include "suite.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char place[] = "/tmp/parvis-unpack-test-XXXXXX";
static int before = -1;

void scratch_enter(void)
{
    memcpy(place + sizeof(place) - 7, "XXXXXX", 6);
    before = open(".", O_RDONLY | O_DIRECTORY);
    assert_true(before >= 0);
    assert_non_null(mkdtemp(place));
    assert_int_equal(chdir(place), 0);
}

static void remove_all(const char *directory)
{
    DIR *dir = opendir(directory);
    struct dirent *entry;

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        char path[1024];

        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
        if (unlink(path) != 0)
            remove_all(path);
    }
    if (dir != NULL)
        closedir(dir);
    rmdir(directory);
}

void scratch_leave(void)
{
    remove_all(place);
    assert_int_equal(fchdir(before), 0);
    close(before);
}

int scratch_count(const char *directory)
{
    DIR *dir = opendir(directory);
    int count = 0;

    assert_non_null(dir);
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    return count - 2;
}

void scratch_put(const char *name, const void *data, size_t bytes)
{
    FILE *file = fopen(name, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, bytes, file), bytes);
    assert_int_equal(fclose(file), 0);
}

bool scratch_has(const char *name, const void *data, size_t bytes)
{
    FILE *file = fopen(name, "rb");
    char *contents = malloc(bytes + 1);
    struct stat st;
    bool is_same;

    if (file == NULL) {
        free(contents);
        return false;
    }
    is_same = lstat(name, &st) == 0 && S_ISREG(st.st_mode) &&
              fread(contents, 1, bytes + 1, file) == bytes &&
              memcmp(contents, data, bytes) == 0;
    free(contents);
    fclose(file);
    return is_same;
}
