# A shop as people write one: a REST API for customers with keys, an HTTP API and a function URL of one function, and a
# worker that events reach from a queue, a topic, a bucket and a bus.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = {
      application = var.name
    }
  }
}

variable "region" {
  type = string
}

variable "name" {
  type    = string
  default = "shop"
}

variable "greeting" {
  type    = string
  default = "hello"
}

variable "runtime" {
  type = string
}

# Packages, as a build has left them.
variable "packages" {
  type = string
}

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

data "aws_partition" "current" {}

locals {
  account = data.aws_caller_identity.current.account_id
  shop    = "${var.packages}/shop.zip"
  worker  = "${var.packages}/worker.zip"
  layer   = "${var.packages}/layer.zip"
}
