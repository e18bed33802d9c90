""" "Tutorial: Create a REST API as an Amazon Kinesis proxy" and "Tutorial: Create a REST API as an Amazon S3 proxy"."""

from collections.abc import Mapping

from tests.integration.tutorials.operations import Document, document, integration, operation, parameters, responses

NAMED = '"StreamName": "$input.params(\'stream-name\')"'
RECORD = (
    '{\n    %s,\n    "Data": "$util.base64Encode($input.json(\'$.Data\'))",\n'
    '    "PartitionKey": "$input.path(\'$.PartitionKey\')"\n}'
)
RECORDS = """{
    %s,
    "Records": [
       #foreach($elem in $input.path('$.records'))
          {
            "Data": "$util.base64Encode($elem.data)",
            "PartitionKey": "$elem.partition-key"
          }#if($foreach.hasNext),#end
        #end
    ]
}"""
ITERATOR = """{"ShardId": "$input.params('shard-id')", "ShardIteratorType": "TRIM_HORIZON", %s}"""


def kinesis_proxy() -> Document:
    """Return the API in front of streams."""
    stream = parameters("path", "stream-name")

    def action(name: str, template: str, *more: Document) -> Document:
        made = integration(
            "aws",
            f"arn:aws:apigateway:us-east-1:kinesis:action/{name}",
            "POST",
            request=template.replace("%s", NAMED),
            requestParameters={"integration.request.header.Content-Type": "'application/x-amz-json-1.1'"},
        )
        return operation(made, [*(stream if "%s" in template else []), *more])

    paths = {
        "/streams": {"get": action("ListStreams", "{\n}")},
        "/streams/{stream-name}": {
            "get": action("DescribeStream", "{%s}"),
            "post": action("CreateStream", '{"ShardCount": 1, %s}'),
            "delete": action("DeleteStream", "{%s}"),
        },
        "/streams/{stream-name}/record": {"put": action("PutRecord", RECORD)},
        "/streams/{stream-name}/records": {
            "get": action(
                "GetRecords",
                '{"ShardIterator": "$input.params(\'Shard-Iterator\')"}',
                *stream,
                *parameters("header", "Shard-Iterator"),
            ),
            "put": action("PutRecords", RECORDS),
        },
        "/streams/{stream-name}/sharditerator": {
            "get": action("GetShardIterator", ITERATOR, *parameters("query", "shard-id"))
        },
    }
    return document("KinesisProxy", paths, {"Empty": {"type": "object"}})


LENGTH_AND_TYPE: Mapping[str, str] = {"Content-Type": "Content-Type", "Content-Length": "Content-Length"}
CALLER_S = {"integration.request.header.Content-Type": "method.request.header.Content-Type"}


def s3_proxy() -> Document:
    """Return the API in front of buckets."""

    def call(method: str, uri: str, headers: Mapping[str, str]) -> Document:
        mapped = {}
        described: list[Document] = []
        for ours, theirs in (("folder", "bucket"), ("item", "object")):
            if f"{{{theirs}}}" in uri:
                mapped[f"integration.request.path.{theirs}"] = f"method.request.path.{ours}"
                described += parameters("path", ours)
        if method == "PUT":
            mapped |= {**CALLER_S, "integration.request.header.x-amz-acl": "'authenticated-read'"}
            described += parameters("header", "Content-Type")
        made = integration("aws", f"arn:aws:apigateway:us-west-2:s3:path/{uri}", method, requestParameters=mapped)
        made["responses"]["default"]["responseParameters"] = {
            f"method.response.header.{name}": f"integration.response.header.{source}"
            for name, source in headers.items()
        }
        made["responses"] |= {r"4\d{2}": {"statusCode": "400"}, r"5\d{2}": {"statusCode": "500"}}
        return operation(made, described, responses("Empty", headers, ("400", "500")))

    type_and_date = {"Content-Type": "Content-Type", "Timestamp": "Date"}
    of_item = {
        method.lower(): call(method, "{bucket}/{object}", LENGTH_AND_TYPE if method != "GET" else type_and_date)
        for method in ("GET", "HEAD", "PUT", "DELETE")
    }
    of_folder = {method.lower(): call(method, "{bucket}", type_and_date) for method in ("GET", "PUT", "DELETE")}
    paths = {"/": {"get": call("GET", "/", type_and_date)}, "/{folder}": of_folder, "/{folder}/{item}": of_item}
    return document("MyS3", paths, {"Empty": {"type": "object", "title": "Empty Schema"}})
