"""The phases of a request, one module each. A phase's `link` returns None where it would do nothing."""
