"""Attribution: from observations and knowledge to placements. Pure."""
