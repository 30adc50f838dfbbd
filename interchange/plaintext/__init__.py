"""The journal as text for double-entry tools: Beancount and hledger."""
