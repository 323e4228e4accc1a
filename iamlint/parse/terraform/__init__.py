"""Terraform: HCL with error recovery, evaluated as far as the files decide, turned into model values."""
