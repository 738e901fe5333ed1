"""Contract tests for anybody's probe, target, defense and detector: what every member of a collection must keep."""
