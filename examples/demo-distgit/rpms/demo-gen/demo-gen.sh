#!/bin/sh
# Reads names, one a line; writes a C table of them.
echo '/* @TITLE@ */'
echo 'static const char *const names[] = {'
sed -e 's|["\\]|\\&|g' -e 's|.*|  "&",|'
echo '  0'
echo '};'
