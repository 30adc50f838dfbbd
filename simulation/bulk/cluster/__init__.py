"""Deciding a batch in shards: in processes, or on other machines."""
