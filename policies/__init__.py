"""What the law says: dated, cited rules as YAML files, and the loader that reads them."""
