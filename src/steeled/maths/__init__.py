"""Pure functions on arrays: norms, projections, losses, intervals, sequential tests, seeds; no models here."""
