"""Mail in layers: who receives it (inbound), where the mailboxes are (mailbox), who sends in the name of the domain (outbound)."""
