""" "Configure a Lambda proxy integration with payload response streaming in API Gateway"."""

from tests.integration.tutorials.operations import Document, document

# The page's function that uses HttpResponseStream.from, with shorter delays.
FUNCTION = """export const handler = awslambda.streamifyResponse(async (event, responseStream) => {
  const metadata = {
    statusCode: 200,
    headers: { 'x-foo': 'bar' },
    multiValueHeaders: { 'x-mv1': ['hello', 'world'], 'Set-Cookie': ['c1=blue', 'c2=red'] },
  };
  const stream = awslambda.HttpResponseStream.from(responseStream, metadata);
  stream.write('First payload ');
  await new Promise((resolve) => setTimeout(resolve, 300));
  stream.write('Final payload');
  stream.end();
});
"""
INVOCATIONS = "arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/{arn}/response-streaming-invocations"


def streaming(function_arn: str) -> Document:
    """Return the API."""
    integration = {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": INVOCATIONS.format(arn=function_arn),
        "responseTransferMode": "STREAM",
        "timeoutInMillis": 90000,
    }
    operation = {"responses": {}, "x-amazon-apigateway-integration": integration}
    return document("ResponseStreamingDemo", {"/lambda": {"get": operation}}, {})
