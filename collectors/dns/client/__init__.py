"""The resolver client: one question in, one value out. What is asked, and why, is the business of the rooms around it."""
