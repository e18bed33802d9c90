#!/bin/bash
# Invoke the function itself.
set -euo pipefail
cd "$(dirname "$0")"
function=$(aws cloudformation describe-stack-resource --stack-name account-usage --logical-resource-id function \
    --query StackResourceDetail.PhysicalResourceId --output text)
aws lambda invoke --function-name "$function" --payload file://event.json out.json
cat out.json
echo
