"""Pure languages: parameter mapping, time formats; later VTL, JSONPath and OpenAPI."""
