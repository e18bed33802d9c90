def handler(event, context):
    """Greet whoever the path names. What has no statusCode becomes a JSON response (payload format 2.0)."""
    name = event["pathParameters"]["name"]
    return {"message": f"Hello, {name}!", "requestId": context.aws_request_id}
