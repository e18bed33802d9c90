"""The APIs of AWS's tutorials for REST APIs, as OpenAPI documents; each module names its page."""
