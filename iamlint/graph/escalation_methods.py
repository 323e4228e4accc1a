# ruff: noqa: E501  a table reads best with one method a line
"""The known ways of raising one's own rights in AWS, as data.

Ids are those of pathfinding.cloud; `rhino-`, `pmapper-` and `pr-` ids are of methods that it does not number. A method is a
list of steps `action@what`: every step must be allowed on what stands behind the `@`, and one word is one thing throughout:

- `self`: the caller's own role or user; `group`: a group in which it is; `policy`: a customer managed policy it has
- `role`, `user`: the role or user that is gained
- `compute`: something declared in the repository that runs as the role that is gained
- any other word: something that the caller makes or names itself (a function, a cluster), so any allowed name will do
"""

from __future__ import annotations

from iamlint.source.record import NamedTuple
from iamlint.source.str_enum import StrEnum


class Way(StrEnum):
    """How a method gains its rights."""

    SELF = "self"  # the caller's own rights grow
    PRINCIPAL = "principal"  # another user or role is taken over
    PROMOTED = "promoted"  # another user or role is made an administrator, then used
    PASS_ROLE = "pass role"  # new compute runs as a role that is passed to it  # noqa: S105
    COMPUTE = "existing compute"  # compute that has a role is made to do something else


class Step(NamedTuple):
    """One action that must be allowed on one thing."""

    action: str
    on: str


class Method(NamedTuple):
    """One method. `services` run as the role that is passed; `compute` are kinds of `ComputeRole` that are driven.

    `assumes` names what the files cannot show and the method needs.
    """

    id: str
    way: Way
    words: str
    steps: tuple[Step, ...]
    services: tuple[str, ...] = ()
    compute: tuple[str, ...] = ()
    assumes: str = ""

    @property
    def actions(self) -> tuple[str, ...]:
        """Return the actions that must be allowed."""
        return tuple(step.action for step in self.steps)


def _steps(text: str) -> tuple[Step, ...]:
    """Return the steps of a compact text: a step without service has that of the step before."""
    found: list[Step] = []
    service = ""
    for part in text.split():
        action, _, on = part.partition("@")
        if ":" in action:
            service = action.partition(":")[0]
        else:
            action = f"{service}:{action}"
        found.append(Step(action, on))
    return tuple(found)


_IAM = """
iam-001|self|can write a new default version of a policy that it has|iam:CreatePolicyVersion@policy
iam-005|self|can write an inline policy for itself|iam:PutRolePolicy@self
iam-007|self|can write an inline policy for itself|iam:PutUserPolicy@self
iam-008|self|can attach any policy to itself|iam:AttachUserPolicy@self
iam-009|self|can attach any policy to itself|iam:AttachRolePolicy@self
iam-010|self|can attach any policy to a group in which it is|iam:AttachGroupPolicy@group
iam-011|self|can write an inline policy for a group in which it is|iam:PutGroupPolicy@group
iam-002|principal|can create an access key for|iam:CreateAccessKey@user
iam-003|principal|can replace an access key of|iam:CreateAccessKey@user DeleteAccessKey@user
iam-004|principal|can set a console password for|iam:CreateLoginProfile@user
iam-006|principal|can change the console password of|iam:UpdateLoginProfile@user
iam-012|principal|can rewrite the trust policy of|iam:UpdateAssumeRolePolicy@role
iam-014|promoted|can attach any policy to a role that it may assume,|iam:AttachRolePolicy@assumable
iam-016|promoted|can write a new version of a policy that a role has which it may assume,|iam:CreatePolicyVersion@assumable-policy
iam-017|promoted|can write an inline policy for a role that it may assume,|iam:PutRolePolicy@assumable
iam-015|promoted|can attach any policy to a user for whom it can create an access key,|iam:AttachUserPolicy@user CreateAccessKey@user
iam-018|promoted|can write an inline policy for a user for whom it can create an access key,|iam:PutUserPolicy@user CreateAccessKey@user
iam-019|promoted|can attach any policy to a role whose trust policy it can rewrite,|iam:AttachRolePolicy@role UpdateAssumeRolePolicy@role
iam-020|promoted|can write a new version of a policy that a role has whose trust policy it can rewrite,|iam:CreatePolicyVersion@role-policy UpdateAssumeRolePolicy@role
iam-021|promoted|can write an inline policy for a role whose trust policy it can rewrite,|iam:PutRolePolicy@role UpdateAssumeRolePolicy@role
"""

_STARTED = """
apprunner-001|tasks.apprunner|a service in App Runner|apprunner:CreateService@service
bedrock-001|bedrock-agentcore|a code interpreter|bedrock-agentcore:CreateCodeInterpreter@interpreter StartCodeInterpreterSession@interpreter InvokeCodeInterpreter@interpreter
agentcore-runtime|bedrock-agentcore|an agent|bedrock-agentcore:CreateAgentRuntime@runtime InvokeAgentRuntimeCommand@runtime
agentcore-browser|bedrock-agentcore|a browser|bedrock-agentcore:CreateBrowser@browser StartBrowserSession@browser ConnectBrowserAutomationStream@browser
cloudformation-001|cloudformation|a stack|cloudformation:CreateStack@stack
cloudformation-003|cloudformation|a stack set|cloudformation:CreateStackSet@stackset CreateStackInstances@stackset
cloudformation-004|cloudformation|a changed stack set|cloudformation:UpdateStackSet@stackset
pmapper-cfn-upd-pass|cloudformation|a changed stack|cloudformation:UpdateStack@stack
codebuild-001|codebuild|a build project|codebuild:CreateProject@project StartBuild@project
codebuild-004|codebuild|a build project|codebuild:CreateProject@project StartBuildBatch@project
pmapper-codebuild-upd|codebuild|a changed build project|codebuild:UpdateProject@project StartBuild@project
datapipeline-001|datapipeline|a data pipeline|datapipeline:CreatePipeline@pipeline PutPipelineDefinition@pipeline ActivatePipeline@pipeline
ec2-001|ec2|an instance|ec2:RunInstances@instance
ec2-003|ec2|a spot instance|ec2:RequestSpotInstances@spot
pmapper-ec2-assoc|ec2|a running instance|ec2:AssociateIamInstanceProfile@instance
pmapper-asg|ec2|an autoscaling group|autoscaling:CreateLaunchConfiguration@launch CreateAutoScalingGroup@group-of-instances
pr-asg-update|ec2|a changed autoscaling group|autoscaling:CreateLaunchConfiguration@launch UpdateAutoScalingGroup@group-of-instances
ecs-003|ecs-tasks|a service of containers|ecs:RegisterTaskDefinition@definition CreateService@service
ecs-004|ecs-tasks|a task|ecs:RegisterTaskDefinition@definition RunTask@definition
ecs-005|ecs-tasks|a task|ecs:RegisterTaskDefinition@definition StartTask@definition
ecs-001|ecs-tasks|a service of containers in a cluster of its own|ecs:CreateCluster@cluster RegisterTaskDefinition@definition CreateService@service
ecs-002|ecs-tasks|a task in a cluster of its own|ecs:CreateCluster@cluster RegisterTaskDefinition@definition RunTask@definition
ecs-007|ecs-tasks|a task on an instance of its own|ecs:StartTask@definition RegisterContainerInstance@cluster
ecs-008|ecs-tasks|a task with another role|ecs:RunTask@definition
ecs-009|ecs-tasks|a task with another role|ecs:StartTask@definition
glue-001|glue|a development endpoint|glue:CreateDevEndpoint@endpoint
glue-003|glue|a job in Glue|glue:CreateJob@job StartJobRun@job
glue-004|glue|a scheduled job in Glue|glue:CreateJob@job CreateTrigger@trigger
glue-005|glue|a changed job in Glue|glue:UpdateJob@job StartJobRun@job
glue-006|glue|a changed, scheduled job in Glue|glue:UpdateJob@job CreateTrigger@trigger
glue-007|glue|a session in Glue|glue:CreateSession@session RunStatement@session
lambda-001|lambda|a function|lambda:CreateFunction@function InvokeFunction@function
lambda-002|lambda|a function that events call|lambda:CreateFunction@function CreateEventSourceMapping@mapping
rhino-17b|lambda|a function that a table calls|lambda:CreateFunction@function CreateEventSourceMapping@mapping dynamodb:CreateTable@table PutItem@table
lambda-006|lambda|a function that others may call|lambda:CreateFunction@function AddPermission@function
rhino-26-pass|lambda|a changed function|lambda:UpdateFunctionConfiguration@function InvokeFunction@function
sagemaker-001|sagemaker|a notebook|sagemaker:CreateNotebookInstance@notebook
sagemaker-002|sagemaker|a training job|sagemaker:CreateTrainingJob@training
sagemaker-003|sagemaker|a processing job|sagemaker:CreateProcessingJob@processing
rhino-27|sagemaker|a notebook that it opens|sagemaker:CreateNotebookInstance@notebook CreatePresignedNotebookInstanceUrl@notebook
batch-001|ecs-tasks|a batch job|batch:RegisterJobDefinition@definition SubmitJob@definition
braket-001|braket|a quantum job|braket:CreateJob@job
cognitoidentity-001||the users of an identity pool|cognito-identity:SetIdentityPoolRoles@pool
emr-001|ec2|a cluster of EMR|elasticmapreduce:RunJobFlow@cluster
emrserverless-001|emr-serverless|a job of EMR|emr-serverless:CreateApplication@application StartJobRun@application
gamelift-001|gamelift|a fleet of game servers|gamelift:CreateBuild@build CreateFleet@fleet RequestUploadCredentials@build
imagebuilder-001|ec2|an image build|imagebuilder:CreateComponent@component CreateImageRecipe@recipe CreateInfrastructureConfiguration@infrastructure CreateImage@image
kinesisanalytics-001|kinesisanalytics|a stream application|kinesisanalytics:CreateApplication@application StartApplication@application
omics-001|omics|a workflow of HealthOmics|omics:CreateWorkflow@workflow StartRun@run s3:GetObject@object
scheduler-001|scheduler|a schedule|scheduler:CreateSchedule@schedule
ssm-003|ssm|an automation|ssm:CreateDocument@document StartAutomationExecution@automation
stepfunctions-001|states|a state machine|states:CreateStateMachine@machine StartExecution@machine
stepfunctions-002|states|a changed state machine|states:UpdateStateMachine@machine StartExecution@machine
"""

_DRIVE = """
apprunner-002|apprunner:service|can deploy another image to|apprunner:UpdateService@compute|
bedrock-002|bedrock-agentcore:code-interpreter|can run code in|bedrock-agentcore:StartCodeInterpreterSession@compute InvokeCodeInterpreter@compute|
agentcore-command|bedrock-agentcore:runtime|can run commands in|bedrock-agentcore:InvokeAgentRuntimeCommand@compute|
cloudformation-002|cloudformation:stack|can update|cloudformation:UpdateStack@compute|
cloudformation-005|cloudformation:stack|can update|cloudformation:CreateChangeSet@compute ExecuteChangeSet@compute|
codebuild-002|codebuild:project|can start a build with its own commands in|codebuild:StartBuild@compute|
codebuild-003|codebuild:project|can start a batch of builds with its own commands in|codebuild:StartBuildBatch@compute|
ec2instanceconnect-003|ec2:instance|can send its SSH key to|ec2-instance-connect:SendSSHPublicKey@compute|a network path to the instance
ec2-002|ec2:instance|can change the start script of|ec2:ModifyInstanceAttribute@compute StopInstances@compute StartInstances@compute|
ec2-004|ec2:launch-template|can change|ec2:CreateLaunchTemplateVersion@compute ModifyLaunchTemplate@compute|
ecs-006|ecs:task|can run commands in|ecs:ExecuteCommand@task|a running task that admits commands
glue-002|glue:dev-endpoint|can send its SSH key to|glue:UpdateDevEndpoint@compute|
glue-job|glue:job|can change the script of|glue:UpdateJob@compute StartJobRun@compute|
lambda-003|lambda:function|can change the code of|lambda:UpdateFunctionCode@compute|
lambda-004|lambda:function|can change the code of, and call,|lambda:UpdateFunctionCode@compute InvokeFunction@compute|
lambda-005|lambda:function|can change the code of, and open to others,|lambda:UpdateFunctionCode@compute AddPermission@compute|
rhino-26|lambda:function|can add a layer to|lambda:UpdateFunctionConfiguration@compute|
batch-002|batch:job-definition|can submit a job with its own commands to|batch:SubmitJob@compute|
codedeploy-001|ec2:instance|can deploy its own program to|codedeploy:CreateDeployment@deployment RegisterApplicationRevision@revision GetDeploymentConfig@configuration|the instance belongs to a deployment group
sagemaker-004|sagemaker:notebook-instance|can open|sagemaker:CreatePresignedNotebookInstanceUrl@compute|
sagemaker-005|sagemaker:notebook-instance|can change the start script of|sagemaker:CreateNotebookInstanceLifecycleConfig@lifecycle StopNotebookInstance@compute UpdateNotebookInstance@compute StartNotebookInstance@compute|
ssm-001|ec2:instance|can open a session on|ssm:StartSession@compute|the instance is managed by Systems Manager
ssm-002|ec2:instance|can run commands on|ssm:SendCommand@compute SendCommand@shell-document|the instance is managed by Systems Manager
stepfunctions-003|states:state-machine|can change and start|states:UpdateStateMachine@compute StartExecution@compute|
"""


def _methods() -> tuple[Method, ...]:
    found: list[Method] = []
    for line in _IAM.strip().splitlines():
        id_, way, words, steps = line.split("|")
        found.append(Method(id_, Way(way), words, _steps(steps)))
    for line in _STARTED.strip().splitlines():
        id_, service, what, steps = line.split("|")
        services = (f"{service}.amazonaws.com",) if service else ("cognito-identity.amazonaws.com",)
        passing = (Step("iam:PassRole", "role"), *_steps(steps))
        found.append(Method(id_, Way.PASS_ROLE, f"can start {what} that runs as", passing, services))
    for line in _DRIVE.strip().splitlines():
        id_, kind, words, steps, assumes = line.split("|")
        found.append(Method(id_, Way.COMPUTE, words, _steps(steps), (), (kind,), assumes))
    return tuple(found)


METHODS = _methods()
"""Every method that is looked for by its actions. Boundaries (iam-022, iam-023), groups (iam-013), older versions (rhino-2),
providers and permission sets need more than actions: they are in `escalation_special.py`. `sts-001` is `may assume`."""
