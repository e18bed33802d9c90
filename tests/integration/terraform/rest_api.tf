# What people declare of REST APIs. test_terraform_rest_api.py applies it in three releases:
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

locals {
  account = "123456789012"
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
  default_tags {
    tags = { project = "pets" }
  }
  endpoints {
    lambda     = var.endpoint
    apigateway = var.endpoint
  }
}

resource "aws_lambda_function" "pets" {
  function_name    = "pets"
  role             = "arn:aws:iam::123456789012:role/lambda-role"
  runtime          = "python3.11"
  handler          = "app.handler"
  filename         = var.package
  source_code_hash = filebase64sha256(var.package)
}

resource "aws_lambda_permission" "pets" {
  statement_id  = "gateway"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.pets.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "arn:aws:execute-api:us-east-1:${local.account}:${aws_api_gateway_rest_api.pets.id}/*/*"
}

resource "aws_api_gateway_rest_api" "pets" {
  name                         = local.first ? "pets" : "animals"
  description                  = ["all pets", "release 2", null][var.release - 1]
  api_key_source               = local.first ? "HEADER" : null
  binary_media_types           = [["image/png", "application/x-one"], ["image/*"], null][var.release - 1]
  minimum_compression_size     = [1024, 0, null][var.release - 1]
  disable_execute_api_endpoint = local.first ? false : null
  tags                         = [{ team = "a", old = "yes" }, { team = "b", new = "yes" }, {}][var.release - 1]
  endpoint_configuration {
    types = [local.first ? "EDGE" : "REGIONAL"]
  }
}

resource "aws_api_gateway_resource" "pets" {
  rest_api_id = aws_api_gateway_rest_api.pets.id
  parent_id   = aws_api_gateway_rest_api.pets.root_resource_id
  path_part   = "pets"
}

resource "aws_api_gateway_resource" "pet" {
  rest_api_id = aws_api_gateway_rest_api.pets.id
  parent_id   = aws_api_gateway_resource.pets.id
  path_part   = local.first ? "{id}" : "{pet}"
}

resource "aws_api_gateway_resource" "proxy" {
  rest_api_id = aws_api_gateway_rest_api.pets.id
  parent_id   = aws_api_gateway_rest_api.pets.root_resource_id
  path_part   = "{proxy+}"
}

resource "aws_api_gateway_model" "pet" {
  rest_api_id  = aws_api_gateway_rest_api.pets.id
  name         = "Pet"
  description  = local.first ? "a pet" : null
  content_type = "application/json"
  schema = jsonencode({
    "$schema"  = "http://json-schema.org/draft-04/schema#"
    type       = "object"
    required   = local.first ? ["name"] : ["kind"]
    properties = { name = { type = "string" }, kind = { type = "string" } }
  })
}

resource "aws_api_gateway_request_validator" "all" {
  rest_api_id                 = aws_api_gateway_rest_api.pets.id
  name                        = local.first ? "all" : "body"
  validate_request_body       = true
  validate_request_parameters = local.first
}

# A mock integration with everything that a method can have.
resource "aws_api_gateway_method" "create" {
  rest_api_id          = aws_api_gateway_rest_api.pets.id
  resource_id          = aws_api_gateway_resource.pets.id
  http_method          = "POST"
  authorization        = "NONE"
  operation_name       = local.first ? "CreatePet" : null
  api_key_required     = false
  request_validator_id = var.release <= 2 ? aws_api_gateway_request_validator.all.id : null
  request_models       = [{ "application/json" = "Pet" }, { "application/json" = "Pet", "text/plain" = "Empty" }, null][var.release - 1]
  request_parameters = [
    { "method.request.querystring.dry" = true, "method.request.header.X-Old" = false },
    { "method.request.querystring.dry" = false, "method.request.header.X-New" = true },
    null,
  ][var.release - 1]
  depends_on = [aws_api_gateway_model.pet]
}

resource "aws_api_gateway_method_response" "created" {
  rest_api_id         = aws_api_gateway_rest_api.pets.id
  resource_id         = aws_api_gateway_resource.pets.id
  http_method         = aws_api_gateway_method.create.http_method
  status_code         = "200"
  response_models     = [{ "application/json" = "Pet" }, { "application/json" = "Empty" }, null][var.release - 1]
  response_parameters = [{ "method.response.header.X-Pet" = true }, { "method.response.header.X-Pet" = false, "method.response.header.X-Kind" = true }, null][var.release - 1]
}

resource "aws_api_gateway_integration" "create" {
  rest_api_id          = aws_api_gateway_rest_api.pets.id
  resource_id          = aws_api_gateway_resource.pets.id
  http_method          = aws_api_gateway_method.create.http_method
  type                 = "MOCK"
  passthrough_behavior = "NEVER"
  content_handling     = local.first ? "CONVERT_TO_TEXT" : null
  timeout_milliseconds = [5000, 29000, null][var.release - 1]
  cache_key_parameters = local.first ? ["method.request.querystring.dry"] : null
  cache_namespace      = local.first ? "creations" : null
  request_parameters   = local.first ? { "integration.request.header.X-Dry" = "method.request.querystring.dry" } : null
  request_templates = [
    { "application/json" = "{\"statusCode\": 200}" },
    { "application/json" = "{\"statusCode\": 200}", "text/plain" = "" },
    { "application/json" = "{\"statusCode\": 200}" },
  ][var.release - 1]
}

resource "aws_api_gateway_integration_response" "created" {
  rest_api_id         = aws_api_gateway_rest_api.pets.id
  resource_id         = aws_api_gateway_resource.pets.id
  http_method         = aws_api_gateway_method.create.http_method
  status_code         = aws_api_gateway_method_response.created.status_code
  selection_pattern   = ["2\\d{2}", "200", null][var.release - 1]
  content_handling    = local.first ? "CONVERT_TO_TEXT" : null
  response_parameters = [{ "method.response.header.X-Pet" = "'new'" }, { "method.response.header.X-Kind" = "'cat'" }, null][var.release - 1]
  response_templates  = [{ "application/json" = "{\"release\": 1}" }, { "application/json" = "{\"release\": 2}", "text/html" = "<p>2" }, { "application/json" = "{\"release\": 3}" }][var.release - 1]
  depends_on          = [aws_api_gateway_integration.create]
}

resource "aws_api_gateway_method" "read" {
  rest_api_id      = aws_api_gateway_rest_api.pets.id
  resource_id      = aws_api_gateway_resource.pet.id
  http_method      = "GET"
  authorization    = "NONE"
  api_key_required = var.release <= 2
  request_parameters = {
    "method.request.path.${local.first ? "id" : "pet"}" = true
  }
}

resource "aws_api_gateway_integration" "read" {
  rest_api_id             = aws_api_gateway_rest_api.pets.id
  resource_id             = aws_api_gateway_resource.pet.id
  http_method             = aws_api_gateway_method.read.http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = aws_lambda_function.pets.invoke_arn
}

resource "aws_api_gateway_method" "proxy" {
  rest_api_id        = aws_api_gateway_rest_api.pets.id
  resource_id        = aws_api_gateway_resource.proxy.id
  http_method        = "ANY"
  authorization      = "NONE"
  request_parameters = { "method.request.path.proxy" = true }
}

resource "aws_api_gateway_integration" "proxy" {
  rest_api_id             = aws_api_gateway_rest_api.pets.id
  resource_id             = aws_api_gateway_resource.proxy.id
  http_method             = aws_api_gateway_method.proxy.http_method
  type                    = "HTTP_PROXY"
  integration_http_method = "ANY"
  uri                     = "http://$${stageVariables.origin}/{proxy}"
  request_parameters      = { "integration.request.path.proxy" = "method.request.path.proxy" }
  tls_config {
    insecure_skip_verification = local.first
  }
}

resource "aws_api_gateway_gateway_response" "missing" {
  count         = length(local.full)
  rest_api_id   = aws_api_gateway_rest_api.pets.id
  response_type = "INVALID_API_KEY"
  status_code   = local.first ? "401" : "402"
  response_templates = {
    "application/json" = local.first ? "{\"key\":$context.error.messageString}" : "{\"pay\":1}"
  }
  response_parameters = local.first ? { "gatewayresponse.header.X-Why" = "'key'" } : {}
}

resource "aws_api_gateway_documentation_part" "pet" {
  rest_api_id = aws_api_gateway_rest_api.pets.id
  location {
    type   = "METHOD"
    method = "GET"
    path   = "/pets"
  }
  properties = jsonencode({ description = "release ${var.release}" })
}

resource "aws_api_gateway_documentation_version" "one" {
  rest_api_id = aws_api_gateway_rest_api.pets.id
  version     = local.first ? "1.0" : "2.0"
  description = local.first ? "the first" : null
  depends_on  = [aws_api_gateway_documentation_part.pet]
}

resource "aws_api_gateway_deployment" "pets" {
  rest_api_id = aws_api_gateway_rest_api.pets.id
  description = local.first ? "release 1" : null
  triggers    = { redeployment = sha1(jsonencode([var.release])) }
  depends_on = [
    aws_api_gateway_integration.read,
    aws_api_gateway_integration.proxy,
    aws_api_gateway_integration_response.created,
    aws_api_gateway_gateway_response.missing,
  ]
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_client_certificate" "pets" {
  description = local.first ? "of pets" : null
  tags        = local.first ? { team = "a" } : null
}

resource "aws_api_gateway_stage" "live" {
  rest_api_id           = aws_api_gateway_rest_api.pets.id
  stage_name            = "live"
  deployment_id         = aws_api_gateway_deployment.pets.id
  description           = ["live", "still live", null][var.release - 1]
  variables             = [{ origin = "127.0.0.1:1", old = "1" }, { origin = "127.0.0.1:1", new = "2" }, null][var.release - 1]
  cache_cluster_enabled = local.first
  cache_cluster_size    = local.first ? "0.5" : null
  client_certificate_id = var.release <= 2 ? aws_api_gateway_client_certificate.pets.id : null
  documentation_version = var.release <= 2 ? aws_api_gateway_documentation_version.one.version : null
  xray_tracing_enabled  = local.first
  tags                  = [{ stage = "live" }, { stage = "other" }, null][var.release - 1]
}

resource "aws_api_gateway_stage" "canary" {
  rest_api_id   = aws_api_gateway_rest_api.pets.id
  stage_name    = "canary"
  deployment_id = aws_api_gateway_deployment.pets.id
  variables     = { origin = "127.0.0.1:1" }
  dynamic "canary_settings" {
    for_each = local.full
    content {
      deployment_id            = aws_api_gateway_deployment.pets.id
      percent_traffic          = local.first ? 25.5 : 50
      stage_variable_overrides = local.first ? { origin = "127.0.0.1:2" } : { origin = "127.0.0.1:3", more = "x" }
      use_stage_cache          = local.first
    }
  }
}

resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.pets.id
  stage_name  = aws_api_gateway_stage.live.stage_name
  method_path = "*/*"
  settings {
    metrics_enabled        = local.first
    logging_level          = ["ERROR", "INFO", null][var.release - 1]
    data_trace_enabled     = local.first ? true : null
    throttling_burst_limit = [50, 60, null][var.release - 1]
    throttling_rate_limit  = [100.5, 200, null][var.release - 1]
  }
  depends_on = [aws_api_gateway_account.account]
}

resource "aws_api_gateway_method_settings" "one" {
  rest_api_id = aws_api_gateway_rest_api.pets.id
  stage_name  = aws_api_gateway_stage.live.stage_name
  method_path = "pets/POST"
  settings {
    caching_enabled                            = local.first
    cache_ttl_in_seconds                       = [60, 3600, null][var.release - 1]
    cache_data_encrypted                       = local.first ? true : null
    require_authorization_for_cache_control    = [true, false, null][var.release - 1]
    unauthorized_cache_control_header_strategy = local.first ? "FAIL_WITH_403" : null
    throttling_rate_limit                      = [10, 20, null][var.release - 1]
    throttling_burst_limit                     = [5, 6, null][var.release - 1]
  }
  depends_on = [aws_api_gateway_method_settings.all]
}

resource "aws_api_gateway_api_key" "client" {
  name        = local.first ? "client" : "customer"
  description = ["of a client", "of another", null][var.release - 1]
  enabled     = var.release != 2
  value       = "0123456789012345678901234567890123456789"
  customer_id = local.first ? "c-1" : null
  tags        = [{ team = "a" }, { team = "b" }, null][var.release - 1]
}

resource "aws_api_gateway_api_key" "generated" {
  name = "generated"
}

resource "aws_api_gateway_usage_plan" "basic" {
  name         = local.first ? "basic" : "plain"
  description  = ["what is free", "what is cheap", null][var.release - 1]
  product_code = local.first ? "PRODUCT" : null
  tags         = [{ team = "a" }, { team = "b" }, null][var.release - 1]
  dynamic "api_stages" {
    for_each = local.full
    content {
      api_id = aws_api_gateway_rest_api.pets.id
      stage  = aws_api_gateway_stage.live.stage_name
      throttle {
        path        = "/pets/POST"
        rate_limit  = local.first ? 5 : 7
        burst_limit = local.first ? 10 : 14
      }
      dynamic "throttle" {
        for_each = local.first ? [1] : []
        content {
          path        = "/pets/{id}/GET"
          rate_limit  = 100
          burst_limit = 100
        }
      }
    }
  }
  dynamic "api_stages" {
    for_each = local.first ? [] : [1]
    content {
      api_id = aws_api_gateway_rest_api.pets.id
      stage  = aws_api_gateway_stage.canary.stage_name
    }
  }
  dynamic "quota_settings" {
    for_each = local.full
    content {
      limit  = local.first ? 100 : 200
      offset = local.first ? 2 : 0
      period = local.first ? "WEEK" : "DAY"
    }
  }
  dynamic "throttle_settings" {
    for_each = local.full
    content {
      burst_limit = local.first ? 50 : 60
      rate_limit  = local.first ? 100 : 120.5
    }
  }
}

resource "aws_api_gateway_usage_plan_key" "client" {
  key_id        = aws_api_gateway_api_key.client.id
  key_type      = "API_KEY"
  usage_plan_id = aws_api_gateway_usage_plan.basic.id
}

resource "aws_api_gateway_account" "account" {
  cloudwatch_role_arn = var.release <= 2 ? "arn:aws:iam::${local.account}:role/logs" : null
}

# The same by an OpenAPI document.
resource "aws_api_gateway_rest_api" "imported" {
  name              = "imported"
  description       = local.first ? "by a document" : null
  parameters        = local.first ? { basepath = "prepend" } : null
  fail_on_warnings  = true
  put_rest_api_mode = local.first ? "overwrite" : "merge"
  body = jsonencode({
    openapi = "3.0.1"
    info    = { title = "imported", version = "1.${var.release}" }
    servers = [{ url = "https://example.com/{basePath}", variables = { basePath = { default = "/v1" } } }]
    paths = {
      "/release" = {
        get = {
          operationId = "release"
          responses   = { "200" = { description = "200 response", content = {} } }
          "x-amazon-apigateway-integration" = {
            type             = "mock"
            requestTemplates = { "application/json" = "{\"statusCode\": 200}" }
            responses = { default = {
              statusCode        = "200"
              responseTemplates = { "application/json" = "{\"release\": ${var.release}}" }
            } }
          }
        }
      }
    }
    components = { schemas = { Cat = { type = "object", properties = { name = { type = "string" } } } } }
  })
}

resource "aws_api_gateway_deployment" "imported" {
  rest_api_id = aws_api_gateway_rest_api.imported.id
  triggers    = { redeployment = sha1(aws_api_gateway_rest_api.imported.body) }
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "imported" {
  rest_api_id   = aws_api_gateway_rest_api.imported.id
  stage_name    = "live"
  deployment_id = aws_api_gateway_deployment.imported.id
}

data "aws_api_gateway_rest_api" "imported" {
  name       = aws_api_gateway_rest_api.imported.name
  depends_on = [aws_api_gateway_stage.imported]
}

data "aws_api_gateway_resource" "pets" {
  rest_api_id = aws_api_gateway_rest_api.pets.id
  path        = aws_api_gateway_resource.pets.path
}

data "aws_api_gateway_api_key" "client" {
  id = aws_api_gateway_api_key.client.id
}

data "aws_api_gateway_export" "imported" {
  rest_api_id = aws_api_gateway_stage.imported.rest_api_id
  stage_name  = aws_api_gateway_stage.imported.stage_name
  export_type = "oas30"
}

output "api_id" {
  value = aws_api_gateway_rest_api.pets.id
}

output "imported_id" {
  value = data.aws_api_gateway_rest_api.imported.id
}

output "api_key" {
  value     = data.aws_api_gateway_api_key.client.value
  sensitive = true
}

output "resource_id" {
  value = data.aws_api_gateway_resource.pets.id
}

output "generated" {
  value     = aws_api_gateway_api_key.generated.value
  sensitive = true
}

output "usage_plan" {
  value = aws_api_gateway_usage_plan.basic.id
}

output "exported" {
  value = data.aws_api_gateway_export.imported.body
}
