"""Actions that a reviewer wants to see limited, by what they are good for: service → names.

Chosen from the Service Authorization Reference by what the API Reference says that they do, not by access level alone:
AWS calls `iam:CreateAccessKey` a write and `ssm:GetParameter` a read. `iam:PassRole` has a rule of its own, and what
supports no resource at all (`sts:GetFederationToken` does, `ecr:GetAuthorizationToken` does not) cannot be limited.
"""

from __future__ import annotations

from collections.abc import Mapping

Actions = Mapping[str, str]

PERMISSIONS: Actions = {
    "iam": (
        "AddUserToGroup AttachGroupPolicy AttachRolePolicy AttachUserPolicy CreatePolicyVersion SetDefaultPolicyVersion "
        "PutGroupPolicy PutRolePolicy PutUserPolicy UpdateAssumeRolePolicy DeleteRolePermissionsBoundary "
        "DeleteUserPermissionsBoundary PutRolePermissionsBoundary PutUserPermissionsBoundary AddRoleToInstanceProfile "
        "CreateSAMLProvider UpdateSAMLProvider CreateOpenIDConnectProvider AddClientIDToOpenIDConnectProvider "
        "UpdateOpenIDConnectProviderThumbprint DetachRolePolicy DeleteRolePolicy"
    ),
    "s3": (
        "PutBucketPolicy DeleteBucketPolicy PutBucketAcl PutObjectAcl PutObjectVersionAcl PutBucketPublicAccessBlock "
        "PutAccessPointPolicy PutBucketOwnershipControls"
    ),
    "kms": "PutKeyPolicy CreateGrant",
    "secretsmanager": "PutResourcePolicy DeleteResourcePolicy",
    "ssm": "ModifyDocumentPermission PutResourcePolicy",
    "lambda": "AddPermission AddLayerVersionPermission",
    "sns": "AddPermission",
    "sqs": "AddPermission",
    "ecr": "SetRepositoryPolicy",
    "ecr-public": "SetRepositoryPolicy",
    "organizations": "AttachPolicy DetachPolicy UpdatePolicy DeletePolicy",
    "sso": (
        "CreateAccountAssignment PutInlinePolicyToPermissionSet AttachManagedPolicyToPermissionSet "
        "AttachCustomerManagedPolicyReferenceToPermissionSet DeletePermissionsBoundaryFromPermissionSet"
    ),
    "identitystore": "CreateGroupMembership",
    "ec2": "ModifySnapshotAttribute ModifyImageAttribute",
    "rds": "ModifyDBSnapshotAttribute ModifyDBClusterSnapshotAttribute",
    "dynamodb": "PutResourcePolicy",
    "kinesis": "PutResourcePolicy",
    "backup": "PutBackupVaultAccessPolicy",
    "glue": "PutResourcePolicy",
    "logs": "PutDestinationPolicy",
    "eks": "CreateAccessEntry AssociateAccessPolicy",
    "elasticfilesystem": "PutFileSystemPolicy",
    "codeartifact": "PutDomainPermissionsPolicy PutRepositoryPermissionsPolicy",
    "acm-pca": "PutPolicy",
    "rolesanywhere": "UpdateTrustAnchor UpdateProfile",
    "glacier": "SetVaultAccessPolicy",
}
"""Decides who may do what: policies, trust, grants, shares, memberships."""

CREDENTIALS: Actions = {
    "iam": (
        "CreateAccessKey UpdateAccessKey CreateLoginProfile UpdateLoginProfile CreateServiceSpecificCredential "
        "ResetServiceSpecificCredential UploadSSHPublicKey UploadSigningCertificate DeactivateMFADevice"
    ),
    "sts": "AssumeRole",
    "secretsmanager": "GetSecretValue",
    "ssm": "GetParameter GetParameters GetParametersByPath GetParameterHistory",
    "ec2": "GetPasswordData",
    "ec2-instance-connect": "SendSSHPublicKey SendSerialConsoleSSHPublicKey",
    "rds-db": "connect",
    "redshift": "GetClusterCredentials GetClusterCredentialsWithIAM",
    "redshift-serverless": "GetCredentials",
    "lightsail": "GetInstanceAccessDetails GetRelationalDatabaseMasterUserPassword",
    "connect": "GetFederationToken",
    "bedrock-agentcore": "GetResourceOauth2Token GetResourceApiKey",
}
"""Hands out what somebody else can sign in with: passwords, keys, tokens, stored secrets, other roles."""

DATA: Actions = {
    "s3": "GetObject GetObjectVersion",
    "s3-object-lambda": "GetObject",
    "dynamodb": "GetItem BatchGetItem Query Scan PartiQLSelect ExportTableToPointInTime",
    "kms": "Decrypt ReEncryptFrom",
    "sqs": "ReceiveMessage",
    "kinesis": "GetRecords",
    "ebs": "GetSnapshotBlock",
    "athena": "GetQueryResults",
    "es": "ESHttpGet ESHttpPost",
    "aoss": "APIAccessAll",
    "neptune-db": "ReadDataViaQuery",
    "timestream": "Select",
    "cognito-idp": "ListUsers AdminGetUser",
    "codecommit": "GitPull",
    "glacier": "GetJobOutput",
    "healthlake": "ReadResource SearchWithGet",
}
"""Reads what customers and programs store, or the keys that protect it."""

INFRASTRUCTURE: Actions = {
    "cloudtrail": "DeleteTrail StopLogging UpdateTrail PutEventSelectors DeleteEventDataStore",
    "guardduty": "DeleteDetector UpdateDetector",
    "config": "DeleteConfigRule",
    "securityhub": "DisableSecurityHub",
    "kms": "ScheduleKeyDeletion DisableKey DeleteImportedKeyMaterial",
    "s3": "DeleteBucket DeleteObject DeleteObjectVersion PutLifecycleConfiguration PutReplicationConfiguration",
    "dynamodb": "DeleteTable DeleteBackup",
    "rds": "DeleteDBInstance DeleteDBCluster DeleteDBSnapshot DeleteDBClusterSnapshot",
    "redshift": "DeleteCluster",
    "elasticache": "DeleteCacheCluster DeleteReplicationGroup",
    "elasticfilesystem": "DeleteFileSystem",
    "backup": "DeleteRecoveryPoint DeleteBackupVault",
    "logs": "DeleteLogGroup",
    "ec2": (
        "TerminateInstances DeleteVolume DeleteSnapshot AuthorizeSecurityGroupIngress ModifyInstanceAttribute "
        "ReplaceIamInstanceProfileAssociation DeleteVpc DeleteFlowLogs"
    ),
    "lambda": "UpdateFunctionCode UpdateFunctionConfiguration DeleteFunction",
    "ecs": "UpdateService DeleteService DeleteCluster",
    "eks": "DeleteCluster",
    "cloudformation": "DeleteStack UpdateStack",
    "codebuild": "UpdateProject",
    "ssm": "SendCommand StartSession PutParameter DeleteParameter",
    "secretsmanager": "PutSecretValue DeleteSecret UpdateSecret",
    "route53": "ChangeResourceRecordSets DeleteHostedZone",
    "cloudfront": "UpdateDistribution",
    "sqs": "DeleteQueue PurgeQueue",
    "sns": "DeleteTopic",
    "kinesis": "DeleteStream",
    "ecr": "DeleteRepository BatchDeleteImage PutImage",
    "wafv2": "DeleteWebACL UpdateWebACL",
    "states": "UpdateStateMachine",
    "glue": "UpdateJob",
    "sagemaker": "DeleteEndpoint",
    "apigateway": "DELETE",
    "organizations": "RemoveAccountFromOrganization CloseAccount",
}
"""Destroys, replaces what runs or what is trusted, or switches off what would tell."""

ORDINARY: Actions = {
    "logs": "CreateLogGroup CreateLogStream PutLogEvents",
    "cloudwatch": "PutMetricData",
    "ec2": "DeleteNetworkInterface AssignPrivateIpAddresses UnassignPrivateIpAddresses",
}
"""Changes something, but little, and every execution role does it on every resource: AWS documents it so."""
