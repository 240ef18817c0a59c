"""Certificates: what servers show for the declared names (RFC 8446), and the names of the organisation that stand in them."""
