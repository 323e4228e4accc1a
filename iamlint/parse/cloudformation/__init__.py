"""CloudFormation templates: intrinsic functions resolved, IAM resources turned into model values."""
