"""Resource types of actions that the Service Authorization Reference lists on two pages, where the package keeps those of one.

Services that came in two generations share a prefix: `elasticloadbalancing:AddTags` is an action of *Elastic Load Balancing*,
with classic load balancers, and of *Elastic Load Balancing V2*, with everything else. The package describes such an action as the
first page does and forgets the resource types of the second, although it has their ARN formats. A policy for target groups would
then seem to reach nothing.

Each entry is what the second page lists for the action beyond the first, divided by commas. None of it is required, since each
page stands alone.
"""

_BALANCERS = "loadbalancer/app/, loadbalancer/gwy/, loadbalancer/net/"
_BALANCING = (
    f"{_BALANCERS}, listener/app, listener/gwy, listener/net, listener-rule/app, listener-rule/net, targetgroup, truststore"
)
_TAGGING = ("ListTagsForResource", "TagResource", "UntagResource")

SECOND_PAGES: dict[str, dict[str, str]] = {
    # Actions, resources, and condition keys for Amazon API Gateway Management V2
    "apigateway": {
        "DELETE": "accesslogsettings, api, apimapping, authorizerscache, cors, route, routerequestparameter, routeresponse, "
        "routesettings",
        "GET": "accesslogsettings, api, apimapping, apimappings, apis, authorizerscache, cors, exportedapi, "
        "integrationresponses, integrations, modeltemplate, route, routerequestparameter, routeresponse, routeresponses, "
        "routesettings, routes, vpclinks",
        "PATCH": "api, apimapping, route, routerequestparameter, routeresponse",
        "POST": "apimappings, apis, integrationresponses, integrations, routeresponses, routes",
        "PUT": "api, apis",
    },
    # … for AWS Marketplace Catalog
    "aws-marketplace": dict.fromkeys(_TAGGING, "changeset, entity"),
    # … for AWS Elastic Load Balancing V2
    "elasticloadbalancing": {
        **dict.fromkeys(("AddTags", "RemoveTags"), _BALANCING),
        **dict.fromkeys(("CreateLoadBalancer", "DeleteLoadBalancer", "ModifyLoadBalancerAttributes"), _BALANCERS),
    },
    # … for AWS IoT Greengrass V2
    "greengrass": dict.fromkeys(_TAGGING, "component, componentversion, coredevice"),
    # … for Amazon Lex V2
    "lex": dict.fromkeys((*_TAGGING, "StartImport"), "test set"),
    # … for Amazon Simple Email Service - Mail Manager
    "ses": dict.fromkeys(
        _TAGGING,
        "addon-instance, addon-subscription, mailmanager-address-list, mailmanager-archive, mailmanager-ingress-point, "
        "mailmanager-rule-set, mailmanager-smtp-relay, mailmanager-traffic-policy",
    ),
    # … for AWS End User Messaging SMS and Voice V2
    "sms-voice": {"DeleteConfigurationSet": "configurationset", "SendVoiceMessage": "phonenumber, pool"},
}
