"""Read models: what the recorded events add up to. All of it can be dropped and made again."""
