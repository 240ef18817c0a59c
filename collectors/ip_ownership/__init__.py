"""The IP-ownership collector: published ranges, origin AS, registration, location, RDAP."""
