resource "aws_dynamodb_table" "orders" {
  name         = "${var.name}-orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {
    name = "id"
    type = "S"
  }
  ttl {
    attribute_name = "expires"
    enabled        = true
  }
}

resource "aws_sqs_queue" "failed" {
  name                      = "${var.name}-failed"
  message_retention_seconds = 1209600
}

resource "aws_sqs_queue" "orders" {
  name                       = "${var.name}-orders"
  visibility_timeout_seconds = 120
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.failed.arn
    maxReceiveCount     = 3
  })
}

resource "aws_sqs_queue_redrive_allow_policy" "failed" {
  queue_url = aws_sqs_queue.failed.id
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.orders.arn]
  })
}

resource "aws_sqs_queue_policy" "failed" {
  queue_url = aws_sqs_queue.failed.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "rules"
      Effect    = "Allow"
      Principal = { Service = "events.amazonaws.com" }
      Action    = "sqs:SendMessage"
      Resource  = aws_sqs_queue.failed.arn
    }]
  })
}

resource "aws_lambda_event_source_mapping" "orders" {
  event_source_arn        = aws_sqs_queue.orders.arn
  function_name           = aws_lambda_function.worker.arn
  batch_size              = 5
  function_response_types = ["ReportBatchItemFailures"]
  scaling_config {
    maximum_concurrency = 2
  }
}

resource "aws_sns_topic" "news" {
  name = "${var.name}-news"
}

resource "aws_sns_topic_subscription" "news" {
  topic_arn     = aws_sns_topic.news.arn
  protocol      = "lambda"
  endpoint      = aws_lambda_function.worker.arn
  filter_policy = jsonencode({ kind = ["price"] })
}

resource "aws_lambda_permission" "news" {
  statement_id  = "news"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.worker.function_name
  principal     = "sns.amazonaws.com"
  source_arn    = aws_sns_topic.news.arn
}

resource "aws_s3_bucket" "invoices" {
  bucket        = "${var.name}-invoices-${local.account}"
  force_destroy = true
}

resource "aws_s3_bucket_versioning" "invoices" {
  bucket = aws_s3_bucket.invoices.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "invoices" {
  bucket                  = aws_s3_bucket.invoices.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "invoices" {
  bucket = aws_s3_bucket.invoices.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.shop.arn
    }
  }
}

resource "aws_s3_bucket_notification" "invoices" {
  bucket = aws_s3_bucket.invoices.id
  lambda_function {
    lambda_function_arn = aws_lambda_function.worker.arn
    events              = ["s3:ObjectCreated:*"]
    filter_prefix       = "incoming/"
    filter_suffix       = ".txt"
  }
  depends_on = [aws_lambda_permission.invoices]
}

resource "aws_lambda_permission" "invoices" {
  statement_id   = "invoices"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.worker.function_name
  principal      = "s3.amazonaws.com"
  source_arn     = aws_s3_bucket.invoices.arn
  source_account = local.account
}

resource "aws_s3_object" "terms" {
  bucket  = aws_s3_bucket.invoices.id
  key     = "terms.txt"
  content = "${var.greeting}, pay in time"
}

resource "aws_cloudwatch_event_rule" "payments" {
  name = "${var.name}-payments"
  event_pattern = jsonencode({
    source        = ["shop.payments"]
    "detail-type" = ["paid"]
  })
}

resource "aws_cloudwatch_event_target" "payments" {
  rule = aws_cloudwatch_event_rule.payments.name
  arn  = aws_lambda_function.worker.arn
}

resource "aws_lambda_permission" "payments" {
  statement_id  = "payments"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.worker.function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.payments.arn
}

resource "aws_iam_role" "machine" {
  name = "${var.name}-machine"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "states.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "machine" {
  name = "worker"
  role = aws_iam_role.machine.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "lambda:InvokeFunction", Resource = aws_lambda_function.worker.arn }]
  })
}

resource "aws_sfn_state_machine" "refund" {
  name     = "${var.name}-refund"
  role_arn = aws_iam_role.machine.arn
  definition = jsonencode({
    StartAt = "Note"
    States = {
      Note = {
        Type       = "Task"
        Resource   = "arn:aws:states:::lambda:invoke"
        Parameters = { FunctionName = aws_lambda_function.worker.arn, "Payload.$" = "$" }
        End        = true
      }
    }
  })
}

resource "aws_ssm_parameter" "currency" {
  name  = "/${var.name}/currency"
  type  = "String"
  value = "EUR"
}

resource "aws_ssm_parameter" "pin" {
  name   = "/${var.name}/pin"
  type   = "SecureString"
  key_id = aws_kms_key.shop.arn
  value  = "1234"
}

resource "aws_secretsmanager_secret" "payment" {
  name                    = "${var.name}-payment"
  kms_key_id              = aws_kms_key.shop.arn
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "payment" {
  secret_id     = aws_secretsmanager_secret.payment.id
  secret_string = jsonencode({ user = "shop", token = "t0k3n" })
}

resource "aws_kms_key" "shop" {
  description             = "what ${var.name} keeps"
  deletion_window_in_days = 7
  enable_key_rotation     = true
}

resource "aws_kms_alias" "shop" {
  name          = "alias/${var.name}"
  target_key_id = aws_kms_key.shop.key_id
}
