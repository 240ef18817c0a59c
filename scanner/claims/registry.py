"""The judges of the properties: one line each. A judge serves its property for every role."""

from __future__ import annotations

from collections.abc import Callable

from herkomst.scanner.claims.country import judge_country
from herkomst.scanner.claims.jurisdiction import judge_jurisdiction
from herkomst.scanner.claims.network import judge_network
from herkomst.scanner.claims.outcome import Context, Expectation, Outcome
from herkomst.scanner.claims.owner import judge_owner
from herkomst.scanner.claims.provider import judge_provider
from herkomst.scanner.claims.region import judge_region
from herkomst.scanner.model.claim import Property
from herkomst.scanner.model.placement import Placement

PropertyJudge = Callable[[Placement, Expectation, Context], Outcome]

PROPERTY_JUDGES: dict[Property, PropertyJudge] = {
    Property.COUNTRY: judge_country,
    Property.REGION: judge_region,
    Property.PROVIDER: judge_provider,
    Property.NETWORK: judge_network,
    Property.OWNER: judge_owner,
    Property.JURISDICTION: judge_jurisdiction,
}
