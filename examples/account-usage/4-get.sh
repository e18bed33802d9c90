#!/bin/bash
# Call the API as its clients do.
set -euo pipefail
cd "$(dirname "$0")"
api=$(aws cloudformation describe-stack-resource --stack-name account-usage --logical-resource-id api \
    --query StackResourceDetail.PhysicalResourceId --output text)
curl --silent --show-error --include "$AWS_ENDPOINT_URL/_aws/execute-api/$api/api/"
echo
