"""Where evidence is kept, under the digest of everything that decided it."""
