"""A run from claims to a closed log, and going on with one."""
