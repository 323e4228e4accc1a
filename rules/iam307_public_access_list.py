"""IAM307 public-access-list."""

from collections.abc import Iterator

from iamlint.rulekit import AccessGraph, Confidence, Example, Finding, Severity, in_words, key, public_lists, rule


def _bucket(acl: str, more: str = "") -> dict[str, str]:
    return {
        "infra/main.tf": f"""
        resource "aws_s3_bucket" "site" {{
          bucket = "acme-site"
        }}
        resource "aws_s3_bucket_acl" "site" {{
          bucket = aws_s3_bucket.site.id
          {acl}
        }}
        {more}
        """
    }


_BLOCK = """
        resource "aws_s3_bucket_public_access_block" "site" {
          bucket            = aws_s3_bucket.site.id
          %s = true
        }
"""


@rule(
    id="IAM307",
    name="public-access-list",
    severity=Severity.WARNING,
    confidence=Confidence.MEDIUM,
    since="0.1.0",
    references=["S3 User Guide: Access control list (ACL) overview", "S3 User Guide: Blocking public access to your Amazon S3 storage"],
    bad=[
        Example("everybody reads", _bucket('acl = "public-read" # <- IAM307')),
        Example("everybody with an AWS account lists the bucket", _bucket("""access_control_policy {
            owner { id = "abc" }
            grant {
              permission = "READ"
              grantee {
                type = "Group"
                uri  = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers" # <- IAM307
              }
            }
          }""")),
        Example("a bucket in CloudFormation", {"stack.yaml": """
            Resources:
              Site:
                Type: AWS::S3::Bucket
                Properties: {AccessControl: PublicReadWrite}  # <- IAM307
            """}),
        Example("the bucket's own argument", {"infra/main.tf": """
            resource "aws_s3_bucket" "site" {
              bucket = "acme-site"
              acl    = "public-read" # <- IAM307
            }
            """}),
        Example("only policies are blocked", _bucket('acl = "public-read" # <- IAM307', _BLOCK % "block_public_policy")),
    ],
    good=[
        Example("private", _bucket('acl = "private"')),
        Example("lists for everybody are ignored", _bucket('acl = "public-read"', _BLOCK % "ignore_public_acls")),
        Example("the owner owns every object, so there are no lists", _bucket('acl = "public-read"', """
            resource "aws_s3_bucket_ownership_controls" "site" {
              bucket = aws_s3_bucket.site.id
              rule { object_ownership = "BucketOwnerEnforced" }
            }
            """)),
        Example("the group of AWS's log delivery", _bucket('acl = "log-delivery-write"')),
        Example("a list that nobody knows yet", {**_bucket("acl = var.acl"), "infra/variables.tf": 'variable "acl" {}\n'}),
    ],
)  # fmt: skip
def public_access_list(graph: AccessGraph) -> Iterator[Finding]:
    """The access control list of a bucket grants something to everybody, or to everybody who has an AWS account.

    Lists are older than policies and work beside them: no deny in an identity policy of the reader's account takes them back, and a
    bucket policy that looks private does not either. Reading a bucket means to list it; objects have lists of their own.

    ## What to do instead

    Set `BucketOwnerEnforced`, which is what new buckets have and which turns lists off, and write a policy for what is really
    public; or let CloudFront serve it.

    ## What this rule does not see

    Lists of single objects, what is set in a console, and the Block Public Access of an account where the
    repository does not declare it.
    """
    for grant in public_lists(graph):
        who = "everybody" if grant.group == "AllUsers" else "everybody with an AWS account"
        yield Finding(
            f"the access control list gives {who} {in_words(grant.permissions)} on this bucket",
            at=grant.place,
            help="turn lists off (`BucketOwnerEnforced`), or set `ignore_public_acls`",
            subject=f"{key(grant.bucket)} {grant.group} {' '.join(grant.permissions)}",
        )
