"""Claims files: read, checked, and what is wrong with them."""
