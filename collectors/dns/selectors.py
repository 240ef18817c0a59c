"""DKIM selectors worth asking for (RFC 6376 section 3.1): those that mail services tell their customers to publish.

A selector's CNAME or key shows which service signs, also where a gateway hides the mailbox. Selectors cannot be listed by asking, so
finding none proves nothing. From the services' set-up documents; extended when a service is added to the catalogue. As of 2026-11.
"""

from __future__ import annotations

DKIM_SELECTORS: dict[str, str] = {
    "selector1": "Microsoft 365: CNAME to *._domainkey.*.onmicrosoft.com",
    "selector2": "Microsoft 365, the other key",
    "google": "Google Workspace: TXT",
    "k1": "Mailchimp: CNAME to dkim.mcsv.net; Mailgun: TXT",
    "k2": "Mailchimp",
    "k3": "Mailchimp",
    "s1": "SendGrid: CNAME to s1.domainkey.*.sendgrid.net",
    "s2": "SendGrid, the other key",
    "default": "cPanel, Plesk and many self-run servers",
    "dkim": "many self-run servers",
    "mail": "many self-run servers",
    "zmail": "Zoho Mail",
    "protonmail": "Proton Mail: CNAME to protonmail.domainkey.*.domains.proton.ch",
    "protonmail2": "Proton Mail, the second key",
    "protonmail3": "Proton Mail, the third key",
    "fm1": "Fastmail: CNAME to fm1.*.dkim.fmhosted.com",
    "fm2": "Fastmail, the second key",
    "fm3": "Fastmail, the third key",
    "transip-a": "TransIP: CNAME to transip-a._dkim.transip.email",
    "mimecast": "Mimecast gateway (the name is the customer's choice; this is the customary one)",
    "sig1": "iCloud Mail with an own domain: CNAME to sig1.dkim.*.at.icloudmailadmin.com",
    "mailjet": "Mailjet",
    "mandrill": "Mailchimp Transactional",
    "cm": "Campaign Monitor",
    "smtpapi": "SendGrid, older set-ups",
    "mbo0001": "mailbox.org: CNAME to MBO0001._domainkey.mailbox.org",
    "key1": "Migadu: CNAME to key1.*._domainkey.migadu.com",
    "s1-ionos": "IONOS: CNAME to s1.dkim.ionos.com",
    "brevo1": "Brevo: CNAME to b1.*.dkim.brevo.com",
    "litesrv": "MailerLite: CNAME to litesrv._domainkey.mlsend.com",
    "zendesk1": "Zendesk: CNAME to a name below zendesk.com",
}
"""Selector -> who publishes it."""
