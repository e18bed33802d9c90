"""The events that functions get and the results they give, by payload format version."""
