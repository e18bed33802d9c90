# A log group as people declare it. test_logs.py applies it with retention, then without.

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

variable "retention" {
  type = number
}

variable "release" {
  type = string
}

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true

  endpoints {
    logs = var.endpoint
  }
}

resource "aws_cloudwatch_log_group" "app" {
  name              = "/app/one"
  retention_in_days = var.retention
  kms_key_id        = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  tags = {
    Release = var.release
  }
}

resource "aws_cloudwatch_log_group" "plain" {
  name_prefix = "plain-"
}

resource "aws_cloudwatch_log_stream" "app" {
  name           = "main"
  log_group_name = aws_cloudwatch_log_group.app.name
}

output "arn" {
  value = aws_cloudwatch_log_group.app.arn
}
