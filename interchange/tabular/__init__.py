"""Files of rows: CSV, TSV, JSON Lines and spreadsheets, and what their columns mean."""
