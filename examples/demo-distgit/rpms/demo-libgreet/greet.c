#include "greet.h"

#include <stdio.h>

int demo_greet(char *buffer, size_t size, const char *name)
{
  return snprintf(buffer, size, "%s, %s!", GREETING, name);
}
