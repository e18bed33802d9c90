"""What the API is made of, however it is made: its function, templates, models and addresses."""

from dataclasses import dataclass

FUNCTION = (
    "if 'resource' in event:",
    "    query = event['queryStringParameters'] or {}",
    "    do = query.get('do')",
    "    if do == 'raise': raise ValueError('Bad thing')",
    "    if do == 'malformed': return {'status': 200}",
    "    if do == 'sleep': time.sleep(3)",
    "    if do == 'large': return {'statusCode': 200, 'body': 'x' * 5000}",
    "    if do == 'image':",
    "        return {'statusCode': '201', 'headers': {'Content-Type': 'image/png'},",
    "                'body': event['body'], 'isBase64Encoded': event['isBase64Encoded']}",
    "    seen = {name: event[name] for name in ('resource', 'path', 'httpMethod', 'pathParameters', 'stageVariables',",
    "                                            'multiValueQueryStringParameters', 'body', 'isBase64Encoded')}",
    "    seen['stage'] = event['requestContext']['stage']",
    "    return {'statusCode': 200, 'headers': {'X-One': 'a'}, 'multiValueHeaders': {'X-Two': ['b', 'c']},",
    "            'body': json.dumps(seen)}",
    "if event.get('job'):",
    "    print('job', event['job'])",
    "if event.get('fail'):",
    "    raise ValueError(event['fail'])",
    "return {**event, 'lines': len(event.get('skus', []))}",
)
"""The body of a handler behind proxy and custom integrations."""

ITEM = {
    "type": "object",
    "required": ["sku"],
    "properties": {"sku": {"type": "string"}, "count": {"type": "integer", "minimum": 1}},
}

ORDER_REQUEST = """#set($order = $input.path('$'))
{
  "order": "$util.escapeJavaScript($input.params('order'))",
  "client": "$input.params().header.get('X-Client')",
  "express": #if($input.params('express') == 'yes')true#{else}false#end,
  "skus": [#foreach($item in $order.items)"$item.sku"#if($foreach.hasNext), #end#end],
  "colour": "$stageVariables.colour",
  "stage": "$context.stage",
  "fail": "$!order.fail"
}"""
ORDER_RESPONSE = """#set($made = $input.path('$'))
#if($made.lines > 2)
#set($context.responseOverride.status = 202)
#set($context.responseOverride.header.X-Large = "yes")
#end
{"order": "$made.order", "all": $input.json('$')}"""
ORDER_NOT_FOUND = """{"error": $input.json('$.errorMessage')}"""

JOB_REQUEST = """{"job": "$input.path('$.name')"}"""
JOB_RESPONSE = """{"queued": true}"""

THING_PUT = """#set($context.requestOverride.header.X-Override = "header of $context.httpMethod")
#set($context.requestOverride.path.id = "other-$input.params('id')")
{"renamed": $input.json('$.name')}"""
THING_MISSING = """{"missing": $input.json('$.error')}"""

MOCK_REQUEST = """{"statusCode": $input.params('status')}"""
MOCK_OK = """{"statusCode": 200}"""
MOCK_RESPONSE = """{"resource": "$context.resourcePath", "colour": "$stageVariables.colour"}"""
MOCK_REFUSED = """{"refused": "$input.params('status')"}"""

ACCOUNT_URI = "arn:aws:apigateway:us-east-1:apigateway:path/account"
"""An AWS service that every node serves itself."""
ROLE = "arn:aws:iam::123456789012:role/api"
ACCOUNT = """{"burst": $input.json('$.throttleSettings.burstLimit')}"""

CORS = (
    ("Access-Control-Allow-Headers", "Content-Type,X-Api-Key"),
    ("Access-Control-Allow-Methods", "GET,OPTIONS"),
    ("Access-Control-Allow-Origin", "*"),
)

NO_RESOURCE = """{"message":$context.error.messageString,"type":"$context.error.responseType","path":"$context.path"}"""
BAD_BODY = """{"message":$context.error.messageString,"errors":"$context.error.validationErrorString"}"""


@dataclass(frozen=True)
class Addresses:
    """What is behind the API."""

    function: str
    """The ARN of a function that APIs may invoke."""
    locked: str
    """The ARN of one that they may not."""
    origin: str
    """The URL of an HTTP endpoint."""

    def invocation(self, function_arn: str) -> str:
        """Return the integration URI of a function."""
        return f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function_arn}/invocations"

    @property
    def of_variable(self) -> str:
        """Return the integration URI of the function that a stage variable names."""
        name = self.function.rpartition(":")[2]
        return self.invocation(self.function.removesuffix(name) + "${stageVariables.function}")
