#include <demo/greet.h>
#include <stdio.h>

#include "names.h"

int main(void)
{
  char line[128];
  for (const char *const *name = names; *name; name++) {
    demo_greet(line, sizeof line, *name);
    puts(line);
  }
  return 0;
}
