"""OpenAPI 2.0 and 3.0 with the extensions of API Gateway, read into AWS's documents and written from them.

    document                octets → plain Python, guarded, and which OpenAPI it is; yaml_events: the YAML half
    read_rest_api           document → RestApiDefinition, by way of read_method, read_integration, read_schemas,
                            read_security, read_documentation
    write_rest_api          RestApiDefinition → document, by way of write_method, write_schemas, write_documentation
    read_http_api, write_http_api   the same for HTTP APIs
    text                    document → JSON or YAML text, laid out as AWS does it

Sources: "OpenAPI extensions for API Gateway", "Develop REST APIs using OpenAPI", "Working with OpenAPI definitions for
HTTP APIs" (API Gateway Developer Guide); OpenAPI Specification 2.0 and 3.0.
"""
