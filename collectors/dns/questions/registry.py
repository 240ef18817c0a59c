"""The groups of questions that exist, one line each. The order is that in which questions are sent: what a narrow run asks comes first."""

from __future__ import annotations

from herkomst.collectors.dns.questions.addresses import DOMAIN_ADDRESSES, HOST_ADDRESSES
from herkomst.collectors.dns.questions.bimi import MAIL_LOGO
from herkomst.collectors.dns.questions.caa import CAA
from herkomst.collectors.dns.questions.discovery import MAILBOX_DISCOVERY
from herkomst.collectors.dns.questions.dkim import SIGNING_KEYS
from herkomst.collectors.dns.questions.dmarc import DMARC
from herkomst.collectors.dns.questions.group import Group
from herkomst.collectors.dns.questions.mail_exchange import MAIL_EXCHANGE
from herkomst.collectors.dns.questions.mta_sts import MAIL_POLICY
from herkomst.collectors.dns.questions.reverse import REVERSE_NAME
from herkomst.collectors.dns.questions.sender_policy import SENDER_POLICY
from herkomst.collectors.dns.questions.services import MAIL_SERVICE_RECORDS
from herkomst.collectors.dns.questions.tls_rpt import DELIVERY_REPORTS
from herkomst.collectors.dns.questions.tlsa import MAIL_SERVER_KEYS
from herkomst.collectors.dns.questions.web_service import WEB_SERVICE
from herkomst.collectors.dns.questions.wildcard import WILDCARDS
from herkomst.collectors.dns.questions.zone import ZONE

GROUPS: tuple[Group, ...] = (
    DOMAIN_ADDRESSES,
    HOST_ADDRESSES,
    REVERSE_NAME,
    MAIL_EXCHANGE,
    SENDER_POLICY,
    ZONE,
    CAA,
    WEB_SERVICE,
    DMARC,
    MAILBOX_DISCOVERY,
    SIGNING_KEYS,
    WILDCARDS,
    MAIL_POLICY,
    DELIVERY_REPORTS,
    MAIL_SERVER_KEYS,
    MAIL_SERVICE_RECORDS,
    MAIL_LOGO,
)
