# What people declare of IAM. test_terraform_iam.py applies it in three releases:
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

locals {
  full = var.release <= 2 ? [1] : []
}

provider "aws" {
  region      = "us-east-1"
  access_key  = "test"
  secret_key  = "test"
  max_retries = 1
  endpoints {
    iam = var.endpoint
    sts = var.endpoint
  }
  skip_metadata_api_check = true
  default_tags {
    tags = {
      owner = "team"
    }
  }
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = var.release == 2 ? ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] : ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "reading" {
  statement {
    sid       = "Read"
    actions   = var.release == 2 ? ["s3:GetObject", "s3:ListBucket"] : ["s3:GetObject"]
    resources = ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"]
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/team"
      values   = ["a"]
    }
  }
}

data "aws_iam_policy" "basic" {
  name = "AWSLambdaBasicExecutionRole"
}

data "aws_iam_policy" "tracing" {
  arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/AWSXRayDaemonWriteAccess"
}

resource "aws_iam_role" "worker" {
  name                  = "worker"
  path                  = "/service/"
  assume_role_policy    = data.aws_iam_policy_document.trust.json
  description           = var.release == 3 ? null : "release ${var.release}"
  max_session_duration  = var.release == 1 ? 7200 : 3600
  force_detach_policies = true
  permissions_boundary  = var.release == 1 ? aws_iam_policy.reading.arn : null
  tags                  = var.release == 3 ? {} : { team = "a" }
}

resource "aws_iam_policy" "reading" {
  name        = "reading"
  path        = "/team/"
  description = "what workers read"
  policy      = data.aws_iam_policy_document.reading.json
}

resource "aws_iam_role_policy_attachment" "basic" {
  role       = aws_iam_role.worker.name
  policy_arn = data.aws_iam_policy.basic.arn
}

resource "aws_iam_role_policy_attachment" "more" {
  for_each   = var.release == 3 ? {} : { tracing = data.aws_iam_policy.tracing.arn, reading = aws_iam_policy.reading.arn }
  role       = aws_iam_role.worker.name
  policy_arn = each.value
}

resource "aws_iam_role_policy" "inline" {
  count  = length(local.full)
  name   = "inline"
  role   = aws_iam_role.worker.id
  policy = data.aws_iam_policy_document.reading.json
}

resource "aws_iam_instance_profile" "worker" {
  count = length(local.full)
  name  = "worker"
  role  = aws_iam_role.worker.name
}

resource "aws_iam_user" "ann" {
  name          = var.release == 1 ? "ann" : "anna"
  path          = "/people/"
  force_destroy = true
}

resource "aws_iam_access_key" "ann" {
  user   = aws_iam_user.ann.name
  status = var.release == 2 ? "Inactive" : "Active"
}

resource "aws_iam_group" "people" {
  name = "people"
}

resource "aws_iam_group_membership" "people" {
  name  = "people"
  group = aws_iam_group.people.name
  users = [aws_iam_user.ann.name]
}

resource "aws_iam_group_policy" "people" {
  count  = length(local.full)
  name   = "reading"
  group  = aws_iam_group.people.name
  policy = data.aws_iam_policy_document.reading.json
}

resource "aws_iam_group_policy_attachment" "people" {
  group      = aws_iam_group.people.name
  policy_arn = aws_iam_policy.reading.arn
}

resource "aws_iam_user_policy" "ann" {
  count  = length(local.full)
  name   = "own"
  user   = aws_iam_user.ann.name
  policy = data.aws_iam_policy_document.reading.json
}

resource "aws_iam_user_policy_attachment" "ann" {
  user       = aws_iam_user.ann.name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}

resource "aws_iam_service_linked_role" "apigateway" {
  count            = length(local.full)
  aws_service_name = "ops.apigateway.amazonaws.com"
}

resource "aws_iam_account_alias" "alias" {
  account_alias = "a-company-${var.release}"
}

output "account" {
  value = data.aws_caller_identity.current.account_id
}

output "role" {
  value = aws_iam_role.worker.arn
}

output "basic" {
  value = data.aws_iam_policy.basic.policy
}
