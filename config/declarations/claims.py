"""Claims of a system: what is stated, by whom, on which part of it; and statements of one party that exclude each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from herkomst.config.declarations.document import Node, Scalar, Sequence
from herkomst.config.declarations.fields import (
    Fields,
    name_repeats,
    open_mapping,
    read_choice,
    read_choices,
    read_date,
    read_list,
    read_text,
)
from herkomst.config.declarations.problem import Place, Problems
from herkomst.config.declarations.values import MAX_VALUES, Lexicon, Refused, read_value, refuse_together
from herkomst.config.vocabulary import ClaimKind, claim_keys, claim_kind, roles_of_key
from herkomst.scanner.errors import InvalidName
from herkomst.scanner.model.claim import Asset, AssetKind, Claim, Hearing, Operator, Role, SaidBy, Scope, ScopePart
from herkomst.scanner.model.kubernetes import ALL, ClusterScope, read_scope
from herkomst.scanner.model.selector import BadSelector, read_selector
from herkomst.scanner.names import understand

CLAIM_KEYS: Final = ("claim", "is", "not", "said_by", "source", "document", "as_of", "valid_until", "scope", "hearing")
SCOPE_KEYS: Final = ("assets", "roles", "parts")
PART_KEYS: Final = ("name", "assets", "cluster", "namespace", "selector")


@dataclass(frozen=True, slots=True)
class PlacedClaim:
    """A claim and where it stands."""

    claim: Claim
    place: Place


@dataclass(frozen=True)
class ClaimReader:
    """Reads the claims of one system: its assets and the values that exist are known by then."""

    assets: tuple[Asset, ...]
    lexicon: Lexicon
    today: date
    problems: Problems

    def read(self, node: Node | None) -> tuple[PlacedClaim, ...]:
        """Return the claims that could be read; the others are in the problems."""
        found = (self._claim(item) for item in read_list(node, "claims", self.problems))
        return tuple(claim for claim in found if claim is not None)

    def _claim(self, node: Node) -> PlacedClaim | None:
        fields = open_mapping(node, "A claim", CLAIM_KEYS, self.problems, required=("claim", "said_by"))
        if fields is None:
            return None
        kind = self._kind(fields.get("claim"))
        operator = self._operator(fields)
        values = self._values(fields.get(operator), kind, operator) if kind and operator else ()
        said_by = read_choice(fields.get("said_by"), "said_by", SaidBy, self.problems)
        hearing = read_choice(fields.get("hearing"), "hearing", Hearing, self.problems)
        as_of, valid_until = self._dates(fields)
        scope = self._scope(fields.get("scope"), kind)
        source = read_text(fields.get("source"), "source", self.problems)
        document = read_text(fields.get("document"), "document", self.problems)
        if kind is None or operator is None or said_by is None:
            return None
        place = f"{self.problems.file}:{node.place.line}:{node.place.column}"
        claim = Claim(kind.key, operator, values, said_by, source, document, as_of, valid_until, scope, place=place)
        return PlacedClaim(replace(claim, hearing=hearing) if hearing else claim, node.place)

    def _kind(self, node: Node | None) -> ClaimKind | None:
        if not read_text(node, "claim", self.problems) or not isinstance(node, Scalar):
            return None
        kind = claim_kind(node.text)
        if kind is None:
            self.problems.error(node.place, "There is no claim of this name.", node.text, claim_keys())
        return kind

    def _operator(self, fields: Fields) -> Operator | None:
        given = [operator for operator in Operator if fields.get(operator) is not None]
        if len(given) == 1:
            return given[0]
        if given:
            self.problems.error(fields.place_of("not"), "A claim has either is or not. Make two claims of it.")
        else:
            self.problems.error(fields.place, "A claim lacks its values: give is: [...] or not: [...].")
        return None

    def _values(self, node: Node | None, kind: ClaimKind, operator: Operator) -> tuple[str, ...]:
        """One value may stand there without a list: `is: NL`."""
        items = (node,) if isinstance(node, Scalar) else read_list(node, operator, self.problems)
        if node is not None and isinstance(node, Sequence) and not items and not (kind.may_be_empty and operator is Operator.IS):
            self.problems.error(node.place, f"The list {operator} is empty. Give at least one value.")
        if node is not None and len(items) > MAX_VALUES:
            self.problems.error(node.place, f"The list has {len(items)} values; {MAX_VALUES} is the limit.")
            return ()
        found: dict[str, None] = {}
        for item in items:
            value = self._value(item, kind)
            if value is not None and value in found:
                self.problems.warn(item.place, "This value stands twice in the list.", value)
            elif value is not None:
                found[value] = None
        unfit = refuse_together(kind, operator, found)
        if node is not None and unfit:
            self.problems.error(node.place, f"{kind.key}: {unfit}", ", ".join(found))
        return tuple(found)

    def _value(self, item: Node, kind: ClaimKind) -> str | None:
        """Numbers and true or false are taken as written: a level is 3, a standard is true."""
        as_text = replace(item, kind="str") if isinstance(item, Scalar) and item.kind in ("int", "bool") else item
        text = read_text(as_text, "A value", self.problems)
        if not text:
            return None
        outcome = read_value(kind, text, self.lexicon)
        if isinstance(outcome, Refused):
            self.problems.error(item.place, f"{kind.key}: {outcome.message}", text, outcome.accepted, outcome.hint)
            return None
        if outcome.warning:
            self.problems.warn(item.place, f"{kind.key}: {outcome.warning}", text, outcome.known)
        return outcome.value

    def _dates(self, fields: Fields) -> tuple[date | None, date | None]:
        as_of = read_date(fields.get("as_of"), "as_of", self.problems)
        valid_until = read_date(fields.get("valid_until"), "valid_until", self.problems)
        if as_of and valid_until and valid_until < as_of:
            self.problems.error(fields.place_of("valid_until"), f"valid_until lies before as_of ({as_of}).", str(valid_until))
        elif valid_until and valid_until < self.today:
            self.problems.warn(
                fields.place_of("valid_until"), "This claim has expired; it is shown as expired.", str(valid_until)
            )
        if as_of and as_of > self.today:
            self.problems.warn(fields.place_of("as_of"), "as_of lies in the future.", str(as_of))
        return as_of, valid_until

    def _scope(self, node: Node | None, kind: ClaimKind | None) -> Scope:
        fields = open_mapping(node, "scope", SCOPE_KEYS, self.problems)
        if fields is None:
            return Scope()
        roles = read_choices(fields.get("roles"), "roles", Role, self.problems)
        within = roles_of_key(kind.key) if kind else ()
        outside = [role for role in roles if within and role not in within]
        if kind and outside:
            message = f"The claim {kind.key} does not speak of these roles."
            self.problems.error(fields.place_of("roles"), message, ", ".join(outside), within)
        parts = tuple(
            part for item in read_list(fields.get("parts"), "parts", self.problems) if (part := self._part(item)) is not None
        )
        name_repeats(((part.name, place) for part, place in parts), "A part of this name", self.problems)
        return Scope(self._asset_values(fields.get("assets")), roles, tuple(part for part, _ in parts))

    def _part(self, node: Node) -> tuple[ScopePart, Place] | None:
        fields = open_mapping(node, "A part", PART_KEYS, self.problems, required=("name",))
        if fields is None:
            return None
        texts = {name: read_text(fields.get(name), name, self.problems) for name in ("name", "cluster", "namespace", "selector")}
        clusters = sorted({read_scope(asset.value).cluster for asset in self.assets if asset.kind is AssetKind.KUBERNETES})
        if texts["cluster"] and not {texts["cluster"], ALL} & set(clusters):
            message = "The system declares no Kubernetes cluster with this context."
            self.problems.error(fields.place_of("cluster"), message, texts["cluster"], clusters)
        if (texts["namespace"] or texts["selector"]) and not texts["cluster"]:
            self.problems.error(fields.place, "A namespace or selector needs the cluster it is in.")
        elif {texts["cluster"], ALL} & set(clusters):
            self._check_cluster_part(fields, ClusterScope(texts["cluster"], texts["namespace"], texts["selector"]))
        assets = self._asset_values(fields.get("assets"))
        if texts["name"] and not assets and not texts["cluster"]:
            self.problems.error(fields.place, "A part names nothing: give it assets or a cluster.", texts["name"])
        return ScopePart(assets=assets, **texts), node.place

    def _check_cluster_part(self, fields: Fields, scope: ClusterScope) -> None:
        """Name a part that lies outside what is declared of its cluster, and a selector that cannot be read."""
        try:
            read_selector(scope.selector)
        except BadSelector as error:
            message = f"{str(error)!r} is no requirement of a label selector. Write it as for kubectl, such as app=zaken."
            self.problems.error(fields.place_of("selector"), message, scope.selector)
            return
        declared = [read_scope(asset.value) for asset in self.assets if asset.kind is AssetKind.KUBERNETES]
        if not any(known.covers(scope) or scope.covers(known) for known in declared):
            shown = [str(known) for known in declared if known.cluster == scope.cluster]
            self.problems.error(fields.place, "The system declares no such part of this cluster.", str(scope), shown)

    def _asset_values(self, node: Node | None) -> tuple[str, ...]:
        declared = [asset.value for asset in self.assets]
        contexts: dict[str, list[str]] = {}
        for asset in self.assets:
            if asset.kind is AssetKind.KUBERNETES:
                contexts.setdefault(read_scope(asset.value).cluster, []).append(asset.value)
        found: dict[str, None] = {}
        for item in read_list(node, "assets", self.problems):
            text = read_text(item, "An item of assets", self.problems)
            value = text if text in declared else _canonical(text)
            if text not in declared and text in contexts:  # all that is declared of this cluster
                found.update(dict.fromkeys(contexts[text]))
            elif text and value not in declared:
                self.problems.error(item.place, "The system declares no such asset.", text, declared)
            elif text:
                found[value] = None
        return tuple(found)


def _canonical(text: str) -> str:
    try:
        return understand(text).value
    except InvalidName:
        return text


def claims_of(placed: Iterable[PlacedClaim]) -> tuple[Claim, ...]:
    """Return the claims without their places."""
    return tuple(item.claim for item in placed)
