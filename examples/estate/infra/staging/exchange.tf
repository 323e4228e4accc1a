# Queues, a topic and a key that others write to: who is let in by their policies.

# planted IAM301: a condition that everybody in the world can meet.
resource "aws_sqs_queue" "feedback" {
  name = "feedback-${var.environment}"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sqs:SendMessage"
      Resource  = "arn:aws:sqs:eu-west-1:222222222222:feedback-staging"
      Principal = "*"
      Condition = { Bool = { "aws:SecureTransport" = "true" } }
    }]
  })
}

# Near miss of IAM301: a star as principal, and one topic as the source.
resource "aws_sqs_queue" "orders" {
  name = "orders-${var.environment}"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sqs:SendMessage"
      Resource  = "arn:aws:sqs:eu-west-1:222222222222:orders-staging"
      Principal = "*"
      Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:sns:eu-west-1:222222222222:orders" } }
    }]
  })
}

# planted IAM302: an account that is in no manifest.
resource "aws_sqs_queue" "settlements" {
  name = "settlements-${var.environment}"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sqs:ReceiveMessage"
      Resource  = "arn:aws:sqs:eu-west-1:222222222222:settlements-staging"
      Principal = { AWS = "arn:aws:iam::666666666666:root" }
    }]
  })
}

# planted IAM303: every account of the organization, those of next year too.
resource "aws_sns_topic" "releases" {
  name = "releases-${var.environment}"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sns:Subscribe"
      Resource  = "arn:aws:sns:eu-west-1:222222222222:releases-staging"
      Principal = "*"
      Condition = { StringEquals = { "aws:PrincipalOrgID" = "o-acme123456" } }
    }]
  })
}

# planted IAM304: a partner that may only read, and rewrites the policy; IAM302 follows, since nobody knows the account.
resource "aws_sqs_queue" "refunds" {
  name = "refunds-${var.environment}"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["sqs:ReceiveMessage", "sqs:AddPermission"]
      Resource  = "arn:aws:sqs:eu-west-1:222222222222:refunds-staging"
      Principal = { AWS = "666666666666" }
    }]
  })
}

# planted IAM305: through S3, but from anybody's account; `kms:CallerAccount` is missing.
resource "aws_kms_key" "uploads" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource  = "*"
      Principal = { AWS = "*" }
      Condition = { StringEquals = { "kms:ViaService" = "s3.eu-west-1.amazonaws.com" } }
    }]
  })
}

# planted IAM306: a bucket of anybody may call the function.
resource "aws_lambda_permission" "thumbnails" {
  function_name = "thumbnails"
  action        = "lambda:InvokeFunction"
  principal     = "s3.amazonaws.com"
}

# planted IAM110: everybody in the world but one role.
resource "aws_sqs_queue" "leftovers" {
  name = "leftovers-${var.environment}"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect       = "Allow"
      Action       = "sqs:SendMessage"
      Resource     = "arn:aws:sqs:eu-west-1:222222222222:leftovers-staging"
      NotPrincipal = { AWS = "arn:aws:iam::222222222222:role/intern" }
    }]
  })
}

# planted IAM307: pictures for the press, for which a policy on one prefix would do.
resource "aws_s3_bucket" "press" {
  bucket = "acme-press-${var.environment}"
}

resource "aws_s3_bucket_acl" "press" {
  bucket = aws_s3_bucket.press.id
  acl    = "public-read"
}

# Near miss of IAM307: the list says the same, and nothing listens to it.
resource "aws_s3_bucket" "archive" {
  bucket = "acme-archive-${var.environment}"
}

resource "aws_s3_bucket_acl" "archive" {
  bucket = aws_s3_bucket.archive.id
  acl    = "public-read"
}

resource "aws_s3_bucket_public_access_block" "archive" {
  bucket             = aws_s3_bucket.archive.id
  ignore_public_acls = true
}
