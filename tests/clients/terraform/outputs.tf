output "account" {
  value = local.account
}

output "region" {
  value = data.aws_region.current.name
}

output "rest_api" {
  value = aws_api_gateway_rest_api.shop.id
}

output "rest_url" {
  value = aws_api_gateway_stage.live.invoke_url
}

output "http_api" {
  value = aws_apigatewayv2_api.shop.id
}

output "function_url" {
  value = aws_lambda_function_url.shop.function_url
}

output "version" {
  value = aws_lambda_alias.live.function_version
}

output "api_key" {
  value     = aws_api_gateway_api_key.customer.value
  sensitive = true
}

output "queue" {
  value = aws_sqs_queue.orders.url
}

output "topic" {
  value = aws_sns_topic.news.arn
}

output "bucket" {
  value = aws_s3_bucket.invoices.bucket
}

output "table" {
  value = aws_dynamodb_table.orders.name
}

output "machine" {
  value = aws_sfn_state_machine.refund.arn
}
