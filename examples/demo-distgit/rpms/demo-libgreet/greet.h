#ifndef DEMO_GREET_H
#define DEMO_GREET_H

#include <stddef.h>

/* Writes a greeting of NAME into BUFFER; answers its length, as snprintf does. */
int demo_greet(char *buffer, size_t size, const char *name);

#endif
