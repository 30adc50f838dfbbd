"""States on disk, and what differs between two of them."""
