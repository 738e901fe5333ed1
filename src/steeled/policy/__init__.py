"""Rules, the judge that applies them to evidence, and the cross-examination of that evidence."""
