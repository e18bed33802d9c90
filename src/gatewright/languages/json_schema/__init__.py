"""Models of REST APIs: JSON Schema draft 4, compiled, with AWS's words for what is wrong.

Source: "Data models for REST APIs" and "Request validation for REST APIs" (API Gateway Developer Guide). API Gateway
validates with java-json-tools' json-schema-validator: its messages are part of `$context.error.validationErrorString`.

    SchemaError  a schema that cannot be compiled
"""

from gatewright.languages.json_schema.references import SchemaError
from gatewright.languages.json_schema.syntax import check_schema
from gatewright.languages.json_schema.template import model_template
from gatewright.languages.json_schema.validator import Validator, compile_schema

__all__ = ["SchemaError", "Validator", "check_schema", "compile_schema", "model_template"]
