"""The data plane of REST APIs."""
