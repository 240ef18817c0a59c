"""Dutch words of what changed between runs, and of the history of a subject."""

from __future__ import annotations

CATALOGUE: dict[str, str] = {
    "cause.world": "de wereld. Wat wij zagen is anders.",
    "cause.knowledge": "onze kennis. Wat wij eerder zagen, zou vandaag anders beoordeeld worden.",
    "cause.claim": "de uitspraak. Er wordt iets anders gezegd, of de uitspraak is verlopen.",
    "cause.measurement": "de meting. Een bron gaf geen antwoord, of geeft weer antwoord.",
    "diff.heading": "Veranderingen van de meting van {before} naar die van {after}",
    "diff.nothing": "Geen enkel oordeel is veranderd.",
    "diff.before": "Eerst",
    "diff.after": "Nu",
    "diff.new": "Nieuw",
    "diff.gone": "Wordt niet meer gezegd; het was",
    "diff.cause": "Oorzaak",
    "diff.vanished": "Niet meer gezien",
    "diff.appeared": "Nu gezien",
    "history.heading": "Geschiedenis van {subject}",
    "history.facts": "Wat er gezien is:",
    "history.verdicts": "Oordelen:",
    "history.span": "van {since} tot {until}",
    "history.still": "nu, voor zover er gekeken is",
    "history.since": "vanaf {since}",
}
