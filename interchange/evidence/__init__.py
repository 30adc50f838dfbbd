"""Evidence packages: what an auditor takes away, and can check without us; docs/evidence.md."""
