variable "name" {
  description = "The service's name; the role is called <name>-<environment>."
  type        = string
}

variable "environment" {
  type = string
}

variable "team" {
  type = string
}

variable "description" {
  type    = string
  default = null
}

variable "policy_json" {
  description = "The role's inline policy."
  type        = string
}
