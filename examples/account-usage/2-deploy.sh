#!/bin/bash
# Package the code, and create or update the stack.
set -euo pipefail
cd "$(dirname "$0")"
aws cloudformation package --template-file template.yml --s3-bucket "$(cat bucket-name.txt)" --output-template-file out.yml
aws cloudformation deploy --template-file out.yml --stack-name account-usage --capabilities CAPABILITY_NAMED_IAM \
    --no-fail-on-empty-changeset
