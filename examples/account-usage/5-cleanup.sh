#!/bin/bash
# Delete the stack, the bucket and the log group.
set -euo pipefail
cd "$(dirname "$0")"
function=$(aws cloudformation describe-stack-resource --stack-name account-usage --logical-resource-id function \
    --query StackResourceDetail.PhysicalResourceId --output text)
aws cloudformation delete-stack --stack-name account-usage
aws cloudformation wait stack-delete-complete --stack-name account-usage
aws s3 rb --force "s3://$(cat bucket-name.txt)"
aws logs delete-log-group --log-group-name "/aws/lambda/$function"
rm -f bucket-name.txt out.yml out.json
