"""Amazon CloudFront: distributions, where they fetch what they serve, the code that runs at the edge, and where they log.

API reference: https://docs.aws.amazon.com/cloudfront/latest/APIReference/. A distribution is served from edge locations in the countries of its
price class (CloudFront developer guide, "price class"), which no API lists; so it has no Region. Headers that are sent to an origin can hold
secrets and are not kept.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Reach, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_ON_DEFAULT = "DefaultCacheBehavior.LambdaFunctionAssociations.Items[].LambdaFunctionARN"
_ON_PATHS = "CacheBehaviors.Items[].LambdaFunctionAssociations.Items[].LambdaFunctionARN"

SERVICE = Service(
    "cloudfront",
    (
        Read(
            "ListDistributions",
            items="DistributionList.Items[]",
            type="distribution",
            role=Role.WEB,
            id="ARN",
            names=("DomainName", "Aliases.Items[]"),
            links=(
                Link(AwsRelation.ORIGIN, "Origins.Items[].DomainName"),
                Link(AwsRelation.RUNS, _ON_DEFAULT),
                Link(AwsRelation.RUNS, _ON_PATHS),
                Link(AwsRelation.DESTINATION, "GetDistributionConfig.DistributionConfig.Logging.Bucket"),
            ),
            shows=(Role.TELEMETRY,),
            named=(
                ("enabled", "Enabled"),
                ("price_class", "PriceClass"),
                ("countries", "Restrictions.GeoRestriction.Items[]"),
                ("countries_are", "Restrictions.GeoRestriction.RestrictionType"),
                ("origin_shield", "Origins.Items[].OriginShield.OriginShieldRegion"),
                ("certificate", "ViewerCertificate.ACMCertificateArn"),
                ("web_acl", "WebACLId"),
            ),
            details=(Detail("GetDistributionConfig", (("Id", "Id"),)),),
        ),
    ),
    reach=Reach.GLOBAL,
)
