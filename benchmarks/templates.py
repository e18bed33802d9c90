"""Mapping templates rendered by gatewright and by airspeed, the Velocity of the field's emulators."""

import json
import time
from collections.abc import Callable

import airspeed

from gatewright.languages.vtl import MISSING, compile_template

BODY = {
    "id": "42",
    "customer": {"name": "Ada Lovelace", "email": "ada@example.com"},
    "items": [{"sku": f"S{number}", "quantity": number, "price": number * 1.5} for number in range(1, 9)],
    "tags": ["new", "hot", "sale"],
}

TEMPLATES = {
    "fields": """#set($root = $input.path('$'))
{
  "orderId": "$root.id",
  "name": "$root.customer.name",
  "email": "$root.customer.email",
  "source": "$context.identity.sourceIp",
  "stage": "$context.stage",
  "requestId": "$context.requestId"
}""",
    "list": """#set($root = $input.path('$'))
{
  "customer": "$root.customer.name",
  "items": [
#foreach($item in $root.items)
    {"sku": "$item.sku", "quantity": $item.quantity, "line": "$foreach.count"}#if($foreach.hasNext),#end

#end
  ],
  "tags": [#foreach($tag in $root.tags)"$tag"#if($foreach.hasNext), #end#end]
}""",
    "conditions": """#set($root = $input.path('$'))
#set($count = 0)
#foreach($item in $root.items)
#if($item.quantity > 2)
#set($count = $count + 1)
#end
#end
{
#if($root.customer.name == "Ada Lovelace")
  "known": true,
#elseif($count > 100)
  "many": true,
#else
  "known": false,
#end
  "count": $count,
#if($root.id != "")
  "id": "$root.id"
#end
}""",
    "request": """#set($root = $input.path('$'))
{
  "TableName": "orders",
  "Item": {
    "pk": {"S": "ORDER-$root.id"},
    "email": {"S": "$root.customer.email"},
    "created": {"S": "$context.requestTime"},
#foreach($item in $root.items)
    "item_$item.sku": {"M": {
      "quantity": {"N": "$item.quantity"},
      "price": {"N": "$item.price"}
    }},
#end
    "tags": {"SS": [#foreach($tag in $root.tags)"$tag"#if($foreach.hasNext),#end#end]},
    "stage": {"S": "$context.stage"}
  },
  "ConditionExpression": "attribute_not_exists(pk)",
  "ReturnValues": "NONE"
}""",
}
CONTEXT = {
    "stage": "prod",
    "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
    "requestTime": "09/Apr/2015:12:34:56 +0000",
    "identity": {"sourceIp": "192.0.2.1"},
}


class Input:
    """`$input` for both: a host object for gatewright, plain methods for airspeed."""

    def path(self, _path: str) -> object:
        return BODY

    def vtl_property(self, _name: str) -> object:
        return MISSING

    def vtl_call(self, name: str, _arguments: tuple[object, ...]) -> object:
        return BODY if name == "path" else MISSING

    def vtl_put(self, name: str, value: object) -> None:
        raise NotImplementedError(f"{name} = {value}")


def rate(render: Callable[[], object], seconds: float) -> float:
    """Return how often a second something is done, its best of three stretches."""
    best = 0.0
    for _ in range(3):
        began = time.perf_counter()
        count = 0
        while (elapsed := time.perf_counter() - began) < seconds / 3:
            for _ in range(10):
                render()
            count += 10
        best = max(best, count / elapsed)
    return best


def compare_templates(seconds: float = 1.0) -> dict[str, dict[str, float]]:
    """Return for each template how often a second gatewright and airspeed render it, one after the other."""
    variables = {"input": Input(), "context": CONTEXT}
    found = {}
    for name, text in TEMPLATES.items():
        ours, theirs = compile_template(text), airspeed.Template(text)
        if "".join(ours.render(variables).split()) != "".join(theirs.merge(variables).split()):
            raise AssertionError(f"{name}: the two differ by more than white space")
        json.loads(ours.render(variables))
        found[name] = {
            "gatewright": rate(lambda template=ours: template.render(variables), seconds),
            "airspeed": rate(lambda template=theirs: template.merge(variables), seconds),
        }
    return found


if __name__ == "__main__":
    for name, rates in compare_templates().items():
        ours, theirs = rates["gatewright"], rates["airspeed"]
        print(f"{name:12} {ours:10,.0f}/s {theirs:8,.0f}/s {ours / theirs:8.1f} x")
