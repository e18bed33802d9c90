"""Lambda extensions: who takes part in the life of an execution environment besides its runtime."""
