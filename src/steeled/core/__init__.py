"""The nouns: frozen records and Protocols that every room speaks in; numpy and the standard library only."""
