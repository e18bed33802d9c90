data "aws_iam_policy_document" "assumed_by_lambda" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "function" {
  name               = "${var.name}-function"
  assume_role_policy = data.aws_iam_policy_document.assumed_by_lambda.json
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.function.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

data "aws_iam_policy_document" "function" {
  statement {
    actions   = ["dynamodb:GetItem", "dynamodb:PutItem"]
    resources = [aws_dynamodb_table.orders.arn]
  }
  statement {
    actions   = ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    resources = [aws_sqs_queue.orders.arn]
  }
  statement {
    actions   = ["ssm:GetParameter", "secretsmanager:GetSecretValue"]
    resources = [aws_ssm_parameter.currency.arn, aws_secretsmanager_secret.payment.arn]
  }
}

resource "aws_iam_role_policy" "function" {
  name   = "services"
  role   = aws_iam_role.function.id
  policy = data.aws_iam_policy_document.function.json
}

resource "aws_iam_policy" "keys" {
  name = "${var.name}-keys"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = aws_kms_key.shop.arn }]
  })
}

resource "aws_iam_role_policy_attachment" "keys" {
  role       = aws_iam_role.function.name
  policy_arn = aws_iam_policy.keys.arn
}

resource "aws_cloudwatch_log_group" "shop" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = 14
}

resource "aws_cloudwatch_log_group" "worker" {
  name              = "/aws/lambda/${var.name}-worker"
  retention_in_days = 7
}

resource "aws_lambda_layer_version" "texts" {
  layer_name          = "${var.name}-texts"
  filename            = local.layer
  source_code_hash    = filebase64sha256(local.layer)
  compatible_runtimes = [var.runtime]
}

resource "aws_lambda_function" "shop" {
  function_name    = var.name
  role             = aws_iam_role.function.arn
  runtime          = var.runtime
  handler          = "shop.handler"
  filename         = local.shop
  source_code_hash = filebase64sha256(local.shop)
  layers           = [aws_lambda_layer_version.texts.arn]
  timeout          = 20
  memory_size      = 256
  publish          = true
  environment {
    variables = {
      GREETING = var.greeting
      TABLE    = aws_dynamodb_table.orders.name
      QUEUE    = aws_sqs_queue.orders.url
      CURRENCY = aws_ssm_parameter.currency.name
      PAYMENT  = aws_secretsmanager_secret.payment.arn
    }
  }
  depends_on = [aws_cloudwatch_log_group.shop, aws_iam_role_policy_attachment.logs]
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.shop.function_name
  function_version = aws_lambda_function.shop.version
}

resource "aws_lambda_function_url" "shop" {
  function_name      = aws_lambda_function.shop.function_name
  qualifier          = aws_lambda_alias.live.name
  authorization_type = "NONE"
  cors {
    allow_origins = ["https://shop.example.com"]
    allow_methods = ["GET"]
    max_age       = 300
  }
}

# Since October 2025 a public URL needs both; the provider adds lambda:InvokeFunctionUrl by itself.
resource "aws_lambda_permission" "url" {
  statement_id  = "url"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.shop.function_name
  qualifier     = aws_lambda_alias.live.name
  principal     = "*"
}

resource "aws_lambda_function" "worker" {
  function_name                  = "${var.name}-worker"
  role                           = aws_iam_role.function.arn
  runtime                        = var.runtime
  handler                        = "worker.handler"
  filename                       = local.worker
  source_code_hash               = filebase64sha256(local.worker)
  timeout                        = 20
  reserved_concurrent_executions = 5
  environment {
    variables = {
      TABLE = aws_dynamodb_table.orders.name
    }
  }
  dead_letter_config {
    target_arn = aws_sqs_queue.failed.arn
  }
  depends_on = [aws_cloudwatch_log_group.worker, aws_iam_role_policy_attachment.logs]
}

resource "aws_lambda_function_event_invoke_config" "worker" {
  function_name          = aws_lambda_function.worker.function_name
  maximum_retry_attempts = 1
}
