import os


def handler(event, context):
    name = (event.get("pathParameters") or {}).get("name", "nobody")
    return {"statusCode": 200, "body": f"{os.environ['GREETING']} {name}"}
