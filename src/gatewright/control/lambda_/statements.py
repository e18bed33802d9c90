"""The statements of function policies, as AddPermission writes them.

Source: AddPermission in the "API reference" and "Viewing resource-based IAM policies in Lambda" (AWS Lambda). The order
of the members, the case of the condition keys and the compact JSON are AWS's: clients compare the text.
"""

import json
import re

from gatewright.base.operations import Shape
from gatewright.control.context import Context
from gatewright.control.lambda_.errors import invalid_parameter
from gatewright.store.types import Document

_ACCOUNT = re.compile(r"\d{12}")
_IAM_ARN = re.compile(r"arn:aws[a-zA-Z-]*:(?:iam|sts)::\d{12}:.+")
_SERVICE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:amazonaws\.com(?:\.cn)?|amazon\.com|alexa\.com)")

# Request member → condition key of StringEquals, in the order in which they are written.
_STRING_EQUALS = (
    ("EventSourceToken", "lambda:EventSourceToken"),
    ("SourceAccount", "AWS:SourceAccount"),
    ("FunctionUrlAuthType", "lambda:FunctionUrlAuthType"),
    ("PrincipalOrgID", "aws:PrincipalOrgID"),
)


def build_statement(context: Context, function_arn: str, request: Shape) -> Document:
    """Return the statement that an AddPermission request asks for. Raises InvalidParameterValueException."""
    if request.get("FunctionUrlAuthType") and request["Action"] != "lambda:InvokeFunctionUrl":
        raise invalid_parameter("FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action")
    statement: Document = {
        "Sid": request["StatementId"],
        "Effect": "Allow",
        "Principal": _principal(context, request["Principal"]),
        "Action": request["Action"],
        "Resource": function_arn,
    }
    condition = _condition(request)
    if condition:
        statement["Condition"] = condition
    return statement


def statements_of(policy: Document) -> list[Document]:
    """Return the statements of a policy; a single one may stand without a list around it."""
    statements = policy.get("Statement", [])
    return list(statements) if isinstance(statements, list) else [statements]


def to_json(document: Document) -> str:
    """Return a statement or policy as the text that Lambda answers."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _principal(context: Context, principal: str) -> str | Document:
    if principal == "*":
        return "*"
    if _ACCOUNT.fullmatch(principal):
        return {"AWS": f"arn:{context.caller.partition}:iam::{principal}:root"}
    if _IAM_ARN.fullmatch(principal):
        return {"AWS": principal}
    if _SERVICE.fullmatch(principal):
        return {"Service": principal}
    raise invalid_parameter("The provided principal was invalid. Please check the principal and try again.")


def _condition(request: Shape) -> Document:
    condition: Document = {}
    equals = {key: request[member] for member, key in _STRING_EQUALS if request.get(member)}
    if equals:
        condition["StringEquals"] = equals
    if request.get("InvokedViaFunctionUrl") is not None:
        condition["Bool"] = {"lambda:InvokedViaFunctionUrl": "true" if request["InvokedViaFunctionUrl"] else "false"}
    if request.get("SourceArn"):
        condition["ArnLike"] = {"AWS:SourceArn": request["SourceArn"]}
    return condition
