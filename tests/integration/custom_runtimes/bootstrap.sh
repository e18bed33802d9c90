#!/bin/sh
# A custom runtime of a shell and curl, after "Tutorial: Building a custom runtime" (Lambda Developer Guide).
root="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
type='Lambda-Runtime-Function-Error-Type:'
if [ "$_HANDLER" = missing ]; then
    curl -sS "$root/init/error" -H "$type Runtime.NoSuchHandler" \
        -d '{"errorMessage":"no handler","errorType":"Runtime.NoSuchHandler"}'
    exit 1
fi
head=$(mktemp)
while :; do
    event=$(curl -sS -D "$head" "$root/invocation/next")
    id=$(sed -n 's/^lambda-runtime-aws-request-id: *\([^[:space:]]*\).*/\1/Ip' "$head")
    arn=$(sed -n 's/^lambda-runtime-invoked-function-arn: *\([^[:space:]]*\).*/\1/Ip' "$head")
    echo "working on $id"
    case $event in
    '"error"') curl -sS "$root/invocation/$id/error" -H "$type Function.Odd" -d '{"errorMessage":"odd","errorType":"Odd"}' ;;
    '"twice"')
        curl -sS "$root/invocation/$id/response" -d 1 >/dev/null
        curl -sS -w ' %{http_code}\n' "$root/invocation/$id/response" -d 2
        ;;
    *) curl -sS "$root/invocation/$id/response" -d "{\"event\":$event,\"arn\":\"$arn\",\"handler\":\"$_HANDLER\"}" >/dev/null ;;
    esac
done
