"""One REST API, made in several ways, and what it does in each phase of a request."""
