"""The companion: an AWS-compatible endpoint that serves what is none of ours (SQS, SNS, EventBridge, S3, DynamoDB …).

address    where it is: at a URL, or
moto       a moto server that is started when it is first needed; moto_server is what runs in its process
passing    calls of clients, passed on as they came
presigned  links to S3 that have expired
s3_hosts   the buckets that Host fields name
calls      calls of our own: destinations, code from S3, resources of stacks
"""
