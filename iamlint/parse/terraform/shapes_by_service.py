"""The ARNs of types that have no reader and are only named by policies, by service: what follows their account in the ARN."""

from __future__ import annotations

BY_SERVICE = {
    "airflow": {"aws_mwaa_environment": "environment/{name}"},
    "aoss": {"aws_opensearchserverless_collection": "collection/{?id}"},
    "appsync": {"aws_appsync_graphql_api": "apis/{?id}"},
    "aps": {"aws_prometheus_workspace": "workspace/{?id}"},
    "codedeploy": {
        "aws_codedeploy_app": "application:{name}",
        "aws_codedeploy_deployment_group": "deploymentgroup:{app_name}/{deployment_group_name}",
    },
    "cognito-identity": {"aws_cognito_identity_pool": "identitypool/{?id}"},
    "datasync": {
        "aws_datasync_location_efs": "location/{?location}",
        "aws_datasync_location_fsx_windows_file_system": "location/{?location}",
        "aws_datasync_location_s3": "location/{?location}",
        "aws_datasync_task": "task/{?task}",
    },
    "dms": {
        "aws_dms_endpoint": "endpoint:{?id}",
        "aws_dms_replication_instance": "rep:{?id}",
        "aws_dms_replication_task": "task:{?id}",
    },
    "elasticache": {
        "aws_elasticache_replication_group": "replicationgroup:{replication_group_id}",
        "aws_elasticache_user": "user:{user_id}",
    },
    "elasticmapreduce": {"aws_emr_cluster": "cluster/{?id}"},
    "events": {
        "aws_cloudwatch_event_api_destination": "api-destination/{name}/{?uuid}",
        "aws_cloudwatch_event_archive": "archive/{name}",
        "aws_cloudwatch_event_connection": "connection/{name}/{?uuid}",
    },
    "logs": {"aws_cloudwatch_log_stream": "log-group:{log_group_name}:log-stream:{name}"},
    "mq": {"aws_mq_broker": "broker:{broker_name}:{?id}"},
    "pipes": {"aws_pipes_pipe": "pipe/{name}"},
    "rds": {
        "aws_db_proxy": "db-proxy:{?id}",
        "aws_db_subnet_group": "subgrp:{name}",
        "aws_docdb_cluster": "cluster:{cluster_identifier}",
        "aws_neptune_cluster": "cluster:{cluster_identifier}",
        "aws_rds_cluster_instance": "db:{identifier}",
    },
    "redshift": {"aws_redshift_cluster": "cluster:{cluster_identifier}"},
    "redshift-serverless": {
        "aws_redshiftserverless_namespace": "namespace/{?id}",
        "aws_redshiftserverless_workgroup": "workgroup/{?id}",
    },
    "sagemaker": {"aws_sagemaker_endpoint": "endpoint/{name}"},
    "scheduler": {
        "aws_scheduler_schedule": "schedule/{group_name}/{name}",
        "aws_scheduler_schedule_group": "schedule-group/{name}",
    },
    "ses": {
        "aws_ses_domain_identity": "identity/{domain}",
        "aws_ses_email_identity": "identity/{email}",
        "aws_sesv2_configuration_set": "configuration-set/{configuration_set_name}",
        "aws_sesv2_email_identity": "identity/{email_identity}",
    },
    "synthetics": {"aws_synthetics_canary": "canary:{name}"},
}
ARN_ATTRIBUTES = {
    "aws_dms_endpoint": "endpoint_arn",
    "aws_dms_replication_instance": "replication_instance_arn",
    "aws_dms_replication_task": "replication_task_arn",
}
"""Under which name a type gives its ARN, where that is not `arn`."""

LOOKED_UP = (
    "aws_alb", "aws_codestarconnections_connection", "aws_efs_file_system", "aws_elasticache_replication_group",
    "aws_elasticsearch_domain", "aws_lb", "aws_lb_listener", "aws_lb_target_group", "aws_msk_cluster", "aws_opensearch_domain",
    "aws_redshift_cluster",
)  # fmt: skip
"""Types whose data sources find what belongs to the provider's own account."""
