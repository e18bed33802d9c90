"""The phases of a request to a REST API; `pipeline` has their order."""
