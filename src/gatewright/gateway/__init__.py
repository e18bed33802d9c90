"""The data plane of execute-api."""
