"""What routes call. `INTEGRATIONS` is the table of integration types."""
