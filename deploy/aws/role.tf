# The role with which Herkomst reads where an account's resources are. The policies beside this file are made from what is called.

variable "trusted_account" {
  type        = string
  description = "The account from which Herkomst takes on this role"
}

variable "external_id" {
  type        = string
  sensitive   = true
  description = "The same text as external_id in the declaration"
}

data "aws_partition" "current" {}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${var.trusted_account}:root"]
    }
    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.external_id]
    }
  }
}

resource "aws_iam_role" "herkomst_read" {
  name                 = "herkomst-read"
  max_session_duration = 3600
  assume_role_policy   = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_policy" "herkomst_read" {
  for_each = fileset(path.module, "policy-*.json")
  name     = "herkomst-read-${trimsuffix(each.key, ".json")}"
  policy   = file("${path.module}/${each.key}")
}

resource "aws_iam_role_policy_attachment" "herkomst_read" {
  for_each   = aws_iam_policy.herkomst_read
  role       = aws_iam_role.herkomst_read.name
  policy_arn = each.value.arn
}

output "role_arn" {
  value = aws_iam_role.herkomst_read.arn
}
