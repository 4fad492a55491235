#!/bin/sh
# Prints its arguments on one line.
printf '%s\n' "$*"
