""" "Tutorial: Create a calculator REST API with two AWS service integrations and one Lambda non-proxy integration"."""

from typing import Any

from tests.integration.tutorials.operations import Document, document, integration, operation, parameters, responses

# The page's function is in Node.js: it calculates, and fails with "400 Invalid Operand".
FUNCTION = (
    "for name in ('a', 'b', 'op'):",
    "    if name not in event: raise ValueError('400 Invalid Input')",
    "try: a, b = float(event['a']), float(event['b'])",
    "except ValueError: raise ValueError('400 Invalid Operand')",
    "op = event['op']",
    "found = {'+': a + b, 'add': a + b, '-': a - b, 'sub': a - b, '*': a * b, 'mul': a * b,",
    "         '/': a / b if b else None, 'div': a / b if b else None}",
    "if op not in found: raise ValueError('400 Invalid Operator')",
    "whole = lambda number: int(number) if number == int(number) else number",
    "return {'a': whole(a), 'b': whole(b), 'op': op, 'c': whole(found[op])}",
)
FROM_QUERY = """{
    "a":  "$input.params('operand1')",
    "b":  "$input.params('operand2')",
    "op": "$input.params('operator')"
}"""
FROM_PATH = """{
   "a": "$input.params('operand1')",
   "b": "$input.params('operand2')",
   "op": #if($input.params('operator')=='%2F')"/"#{else}"$input.params('operator')"#end

}"""
RESULT_LINE = """#set($res = $input.path('$'))
{
    "result": "$res.a, $res.b, $res.op => $res.c",
  "a" : "$res.a",
  "b" : "$res.b",
  "op" : "$res.op",
  "c" : "$res.c"
}"""
RESULT = """#set($inputRoot = $input.path('$'))
{
  "input" : {
    "a" : $inputRoot.a,
    "b" : $inputRoot.b,
    "op" : "$inputRoot.op"
  },
  "output" : {
    "c" : $inputRoot.c
  }
}"""
OPERANDS = ("operand1", "operand2", "operator")
SHOWN = {"operand_1": "a", "operand_2": "b", "operator": "op"}
PARAMETERS_ONLY = "Validate query string parameters and headers"


def calculator(function_arn: str) -> Document:
    """Return the API."""
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function_arn}/invocations"
    headers = {f"method.response.header.{name}": f"integration.response.body.{key}" for name, key in SHOWN.items()}
    queried = integration("aws", uri, "POST", request=FROM_QUERY, response=RESULT_LINE)
    queried["responses"]["default"]["responseParameters"] = headers
    paths = {
        "/calc": {
            "get": _operation(
                queried,
                parameters("query", *OPERANDS, required=True),
                responses("Result", SHOWN),
                PARAMETERS_ONLY,
            ),
            "post": _operation(
                integration("aws", uri, "POST", passthroughBehavior="when_no_templates"),
                [{"in": "body", "name": "Input", "required": True, "schema": {"$ref": "#/definitions/Input"}}],
                responses("Result"),
                "Validate body",
            ),
        },
        "/calc/{operand1}/{operand2}/{operator}": {
            "get": operation(
                integration("aws", uri, "POST", request=FROM_PATH, response=RESULT, contentHandling="CONVERT_TO_TEXT"),
                parameters("path", *OPERANDS),
                responses("Result"),
            )
        },
    }
    validators = {
        "Validate body": {"validateRequestParameters": False, "validateRequestBody": True},
        PARAMETERS_ONLY: {"validateRequestParameters": True, "validateRequestBody": False},
    }
    return document("LambdaCalc", paths, _definitions(), **{"x-amazon-apigateway-request-validators": validators})


def _operation(made: Document, described: list[Document], answers: Document, validator: str) -> Document:
    return operation(made, described, answers, **{"x-amazon-apigateway-request-validator": validator})


def _definitions() -> dict[str, Any]:
    number = {"type": "number"}
    given = {"a": number, "b": number, "op": {"type": "string"}}
    return {
        "Input": {"type": "object", "required": ["a", "b", "op"], "properties": given, "title": "Input"},
        "Output": {"type": "object", "properties": {"c": number}, "title": "Output"},
        "Result": {
            "type": "object",
            "properties": {"input": {"$ref": "#/definitions/Input"}, "output": {"$ref": "#/definitions/Output"}},
            "title": "Result",
        },
    }
