"""Which services document the ARNs that name a service, where that is not the service alone.

Of the catalogue: without this, whoever asks for the formats of one service would unpack the details of all of them.
`tests/unit/iam/test_arn_homes.py` compares it with the catalogue.
"""

from __future__ import annotations

DOCUMENTED_BY = {
    "${Vendor}": "backup",
    "acm": "acm ec2",
    "amplify": "amplify wafv2",
    "apigateway": "apigateway wafv2",
    "app-integrations": "app-integrations connect",
    "apprunner": "apprunner wafv2",
    "appsync": "appsync wafv2",
    "bedrock-agentcore": "bedrock-agentcore wafv2",
    "billing": "bcm-data-exports billing ce",
    "catalog": "servicecatalog",
    "cloudfront": "cloudfront cloudfront-keyvaluestore",
    "cloudtrail": "cloudtrail cloudtrail-data",
    "codewhisperer": "codewhisperer q",
    "cognito-idp": "cognito-idp wafv2",
    "compute-optimizer": "aco-automation",
    "ds": "ds ds-data",
    "ec2": "ebs ec2 ec2-instance-connect route53 ssm vpce wafv2 workspaces-instances",
    "ecs": "ecs ssm",
    "eks": "aps eks eks-auth",
    "elastic-inference": "ec2",
    "elasticloadbalancing": "arc-zonal-shift elasticloadbalancing waf-regional wafv2",
    "iam": "codestar ec2 es iam ssm sts",
    "iot": "greengrass iot iotjobsdata iotwireless",
    "iq-permission": "iq iq-permission",
    "kafka": "kafka kafka-cluster",
    "kms": "events kinesis kms",
    "license-manager": "ec2 license-manager",
    "mpa": "mpa payment-cryptography",
    "opensearch": "es opensearch",
    "qbusiness": "qapps qbusiness",
    "qdeveloper": "q qdeveloper",
    "rds": "rds rds-data",
    "redshift": "redshift redshift-data",
    "redshift-serverless": "redshift-data redshift-serverless",
    "resource-groups": "ec2 resource-groups",
    "route53-recovery-control": "route53-recovery-cluster route53-recovery-control-config",
    "s3": "s3 ssm",
    "s3-object-lambda": "s3 s3-object-lambda",
    "sagemaker": "sagemaker sagemaker-mlflow",
    "sns": "devops-guru sns",
    "sso": "sso sso-oauth",
    "vpc-lattice": "vpc-lattice vpc-lattice-svcs",
    "wafv2": "apprunner cognito-idp wafv2",
    "wisdom": "connect wisdom",
}
"""By the service in the ARN: the services in whose reference a type of resource has such an ARN, sorted."""
