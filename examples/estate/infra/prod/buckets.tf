resource "aws_s3_bucket" "receipts" {
  bucket = "acme-receipts-${var.environment}"
}

resource "aws_s3_bucket_policy" "receipts" {
  bucket = aws_s3_bucket.receipts.bucket
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = "arn:aws:s3:::acme-receipt-${var.environment}/*" # planted IAM024: receipts, not receipt
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
