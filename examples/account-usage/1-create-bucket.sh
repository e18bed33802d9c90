#!/bin/bash
# Make a bucket for the packaged code, under a name that nobody has.
set -euo pipefail
cd "$(dirname "$0")"
bucket="account-usage-$(od -An -N6 -tx1 /dev/urandom | tr -d ' ')"
echo "$bucket" >bucket-name.txt
aws s3 mb "s3://$bucket"
