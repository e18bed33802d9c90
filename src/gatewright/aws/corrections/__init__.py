"""What botocore's models leave out or have wrong about a service, as JSON files named like botocore names services.

Each file is an object with any of these members; `why` says where the fact comes from.

- `model`: a JSON merge patch (RFC 7386) on the service model.
- `validation_error`: the error code of a request that breaks the model's constraints (default: the protocol's).
- `validation_path`: `{operation}Input.` style prefix of the member names in its message, for members of the body.
- `validation_messages`: shape → the whole message for a value that breaks its constraints.
- `pattern_messages`: shape → the whole message for a value that breaks its pattern, with `{member}`.
- `hides_values`: whether no message shows a value.
- `malformed_error`: the error code of a request that cannot be parsed.
- `conversion_message`: the message for a JSON value of a wrong type, with `{java_class}` and `{java_type}`.
- `error_members`: further members of modeled errors, for `client` and for `server` errors.
- `payload_content_types`: operation → Content-Type of its blob body.
"""
