"""SQL views with Chinese names over the read models, for any tool that opens SQLite."""
