"""The data plane of Lambda."""
