"""The sentences of the domain that are too many to stand beside their codes."""
