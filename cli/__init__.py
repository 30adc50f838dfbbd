"""The command line: one file for each group of commands; it wires the other rooms together."""
