# What people declare of Lambda. test_terraform_lambda.py applies it in three releases:
# 1 has everything, 2 has other values, 3 has nothing that can be left out.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "endpoint" {
  type = string
}

variable "release" {
  type = number
}

variable "package" {
  type = string
}

variable "layer" {
  type = string
}

locals {
  account = "123456789012"
  role    = "arn:aws:iam::${local.account}:role/lambda-role"
  failed  = "arn:aws:sqs:us-east-1:${local.account}:failed"
  first   = var.release == 1
  full    = var.release <= 2 ? [1] : []
}

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  max_retries                 = 1
  endpoints {
    lambda       = var.endpoint
    apigatewayv2 = var.endpoint
  }
}

resource "aws_lambda_layer_version" "shared" {
  layer_name               = "shared"
  filename                 = var.layer
  source_code_hash         = filebase64sha256(var.layer)
  compatible_runtimes      = ["python3.11", "python3.12"]
  compatible_architectures = ["x86_64"]
  description              = "shared code"
  license_info             = "MIT"
}

resource "aws_lambda_layer_version_permission" "shared" {
  layer_name     = aws_lambda_layer_version.shared.layer_name
  version_number = aws_lambda_layer_version.shared.version
  statement_id   = "everybody"
  action         = "lambda:GetLayerVersion"
  principal      = "*"
}

resource "aws_lambda_code_signing_config" "warns" {
  description = local.first ? "first" : null
  allowed_publishers {
    signing_profile_version_arns = ["arn:aws:signer:us-east-1:${local.account}:/signing-profiles/profile/v1"]
  }
  policies {
    untrusted_artifact_on_deployment = "Warn"
  }
  tags = { team = "a" }
}

resource "aws_lambda_function" "api" {
  function_name                  = "api"
  role                           = local.role
  runtime                        = "python3.11"
  handler                        = "app.handler"
  filename                       = var.package
  source_code_hash               = filebase64sha256(var.package)
  publish                        = true
  description                    = "release ${var.release}"
  memory_size                    = local.first ? 128 : 256
  timeout                        = 10
  architectures                  = ["x86_64"]
  layers                         = var.release <= 2 ? [aws_lambda_layer_version.shared.arn] : []
  reserved_concurrent_executions = [10, 20, -1][var.release - 1]
  code_signing_config_arn        = var.release <= 2 ? aws_lambda_code_signing_config.warns.arn : null
  kms_key_arn                    = var.release <= 2 ? "arn:aws:kms:us-east-1:${local.account}:key/aaaa" : null
  tags                           = [{ team = "a", old = "yes" }, { team = "b", new = "yes" }, {}][var.release - 1]
  dynamic "environment" {
    for_each = local.full
    content {
      variables = { RELEASE = tostring(var.release) }
    }
  }
  ephemeral_storage {
    size = [768, 1024, 512][var.release - 1]
  }
  logging_config {
    log_format            = var.release <= 2 ? "JSON" : "Text"
    application_log_level = ["INFO", "DEBUG", null][var.release - 1]
    system_log_level      = ["WARN", "INFO", null][var.release - 1]
    log_group             = ["/terraform/api", "/terraform/other", "/aws/lambda/api"][var.release - 1]
  }
  dynamic "dead_letter_config" {
    for_each = local.full
    content {
      target_arn = local.failed
    }
  }
  tracing_config {
    mode = local.first ? "Active" : "PassThrough"
  }
  dynamic "vpc_config" {
    for_each = local.full
    content {
      subnet_ids         = ["subnet-0123456789abcdef0"]
      security_group_ids = ["sg-0123456789abcdef0"]
    }
  }
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = local.first ? "" : "not the first"
  function_name    = aws_lambda_function.api.function_name
  function_version = var.release == 2 ? "1" : aws_lambda_function.api.version
  dynamic "routing_config" {
    for_each = var.release == 2 ? [1] : []
    content {
      additional_version_weights = { (aws_lambda_function.api.version) = 0.25 }
    }
  }
}

resource "aws_lambda_function" "worker" {
  function_name    = "worker"
  role             = local.role
  runtime          = "python3.11"
  handler          = "app.handler"
  filename         = var.package
  source_code_hash = filebase64sha256(var.package)
  publish          = true
}

resource "aws_lambda_alias" "warm" {
  name             = "warm"
  function_name    = aws_lambda_function.worker.arn
  function_version = aws_lambda_function.worker.version
}

resource "aws_lambda_provisioned_concurrency_config" "warm" {
  count                             = length(local.full)
  function_name                     = aws_lambda_alias.warm.function_name
  qualifier                         = aws_lambda_alias.warm.name
  provisioned_concurrent_executions = local.first ? 2 : 1
}

resource "aws_lambda_invocation" "worker" {
  function_name = aws_lambda_function.worker.function_name
  qualifier     = try(aws_lambda_provisioned_concurrency_config.warm[0].qualifier, aws_lambda_alias.warm.name)
  input         = jsonencode({ release = var.release })
}

resource "aws_lambda_function_url" "latest" {
  function_name      = aws_lambda_function.api.function_name
  authorization_type = local.first ? "NONE" : "AWS_IAM"
  invoke_mode        = local.first ? "BUFFERED" : "RESPONSE_STREAM"
  dynamic "cors" {
    for_each = local.full
    content {
      allow_credentials = true
      allow_origins     = ["https://example.com"]
      allow_methods     = ["GET", "POST"]
      allow_headers     = ["date", "keep-alive"]
      expose_headers    = ["keep-alive", "date"]
      max_age           = local.first ? 86400 : 300
    }
  }
}

resource "aws_lambda_function_url" "live" {
  function_name      = aws_lambda_function.api.function_name
  qualifier          = aws_lambda_alias.live.name
  authorization_type = local.first ? "AWS_IAM" : "NONE"
}

resource "aws_lambda_permission" "api" {
  statement_id  = "gateway"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.api.function_name
  qualifier     = aws_lambda_alias.live.name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "arn:aws:execute-api:us-east-1:${local.account}:${aws_apigatewayv2_api.http.id}/*/*"
}

resource "aws_lambda_permission" "url" {
  statement_id           = "url"
  action                 = "lambda:InvokeFunctionUrl"
  function_name          = aws_lambda_function.api.function_name
  principal              = "*"
  function_url_auth_type = local.first ? "NONE" : "AWS_IAM"
}

resource "aws_lambda_permission" "events" {
  statement_id_prefix = "events-"
  action              = "lambda:InvokeFunction"
  function_name       = aws_lambda_function.worker.arn
  principal           = "events.amazonaws.com"
  source_account      = local.account
}

resource "aws_lambda_function_event_invoke_config" "latest" {
  count                        = length(local.full)
  function_name                = aws_lambda_function.api.function_name
  maximum_event_age_in_seconds = local.first ? 60 : 120
  maximum_retry_attempts       = local.first ? 0 : 1
  destination_config {
    on_failure {
      destination = local.failed
    }
    on_success {
      destination = "arn:aws:sns:us-east-1:${local.account}:done"
    }
  }
}

resource "aws_lambda_function_event_invoke_config" "live" {
  function_name          = aws_lambda_function.api.function_name
  qualifier              = aws_lambda_alias.live.name
  maximum_retry_attempts = 2
  dynamic "destination_config" {
    for_each = local.full
    content {
      on_success {
        destination = aws_lambda_function.worker.arn
      }
    }
  }
}

resource "aws_lambda_runtime_management_config" "api" {
  function_name     = aws_lambda_function.api.function_name
  update_runtime_on = local.first ? "FunctionUpdate" : "Auto"
}

resource "aws_lambda_function_recursion_config" "api" {
  function_name  = aws_lambda_function.api.function_name
  recursive_loop = local.first ? "Allow" : "Terminate"
}

resource "aws_apigatewayv2_api" "http" {
  name          = "http"
  protocol_type = "HTTP"
}

resource "aws_apigatewayv2_integration" "live" {
  api_id                 = aws_apigatewayv2_api.http.id
  integration_type       = "AWS_PROXY"
  integration_uri        = aws_lambda_alias.live.invoke_arn
  payload_format_version = "2.0"
  timeout_milliseconds   = local.first ? 30000 : 5000
}

resource "aws_apigatewayv2_route" "any" {
  api_id    = aws_apigatewayv2_api.http.id
  route_key = "ANY /{proxy+}"
  target    = "integrations/${aws_apigatewayv2_integration.live.id}"
}

resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.http.id
  name        = "$default"
  auto_deploy = true
}

data "aws_lambda_function" "live" {
  function_name = aws_lambda_function.api.function_name
  qualifier     = aws_lambda_alias.live.name
}

data "aws_lambda_layer_version" "shared" {
  layer_name = aws_lambda_layer_version.shared.layer_name
}

data "aws_lambda_function_url" "live" {
  function_name = aws_lambda_function_url.live.function_name
  qualifier     = aws_lambda_function_url.live.qualifier
}

data "aws_lambda_code_signing_config" "warns" {
  arn = aws_lambda_code_signing_config.warns.arn
}

output "api_id" {
  value = aws_apigatewayv2_api.http.id
}

output "invoked" {
  value = jsondecode(aws_lambda_invocation.worker.result)
}

output "live_version" {
  value = data.aws_lambda_function.live.version
}

output "live_url" {
  value = data.aws_lambda_function_url.live.function_url
}

output "layer_version" {
  value = data.aws_lambda_layer_version.shared.version
}
