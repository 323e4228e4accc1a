# Starts one-off tasks: migrations, backfills. None of its policies names a secret.
resource "aws_iam_role" "task_runner" {
  name = "task-runner-${var.environment}"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "codebuild.amazonaws.com" }
    }]
  })

  tags = { Environment = var.environment, team = "platform" }
}

resource "aws_iam_role_policy" "task_runner_start" {
  name = "start"
  role = aws_iam_role.task_runner.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["ecs:RegisterTaskDefinition", "ecs:RunTask"]
      Resource = "arn:aws:ecs:${var.region}:${var.account_id}:task-definition/one-off-*"
    }]
  })
}

# planted IAM203: a task that runs as search's role reads search's token, whoever wrote the task.
resource "aws_iam_role_policy" "task_runner_pass" {
  name = "pass"
  role = aws_iam_role.task_runner.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "iam:PassRole"
      Resource  = "arn:aws:iam::${var.account_id}:role/search-*"
      Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
    }]
  })
}

# Near miss of IAM203: the role of payments may be passed too, but not to tasks.
resource "aws_iam_role_policy" "task_runner_functions" {
  name = "functions"
  role = aws_iam_role.task_runner.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "iam:PassRole"
      Resource  = "arn:aws:iam::${var.account_id}:role/payments-*"
      Condition = { StringEquals = { "iam:PassedToService" = "lambda.amazonaws.com" } }
    }]
  })
}
