"""English words of what changed between runs, and of the history of a subject."""

from __future__ import annotations

CATALOGUE: dict[str, str] = {
    "cause.world": "the world. What was seen is different.",
    "cause.knowledge": "our knowledge. What was seen before would be judged otherwise today.",
    "cause.claim": "the claim. Something else is claimed, or the claim is past its date.",
    "cause.measurement": "the measurement. A source failed, or answers again.",
    "diff.heading": "Changes from the run of {before} to that of {after}",
    "diff.nothing": "No verdict has changed.",
    "diff.before": "Before",
    "diff.after": "Now",
    "diff.new": "New",
    "diff.gone": "No longer claimed; it was",
    "diff.cause": "Cause",
    "diff.vanished": "No longer seen",
    "diff.appeared": "Seen now",
    "history.heading": "History of {subject}",
    "history.facts": "What was seen:",
    "history.verdicts": "Verdicts:",
    "history.span": "from {since} until {until}",
    "history.still": "now, as far as was looked",
    "history.since": "from {since}",
}
