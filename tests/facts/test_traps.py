"""The sixty traps of the two articles: each test fails if what must not be done were done in the facts.

A trap is a generator of problems over the built graph. test_mistakes.py makes each mistake in a copy of the facts and asserts
that the generator reports it: a test that cannot fail proves nothing.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import pipeline, texts

ROOT = Path(__file__).parents[2]
ONTOLOGY, CODES = "https://w3id.org/kg-facts/ontology#", "https://w3id.org/kg-facts/code/"
PREFIXES = f"""\
PREFIX kg: <{ONTOLOGY}>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
""" + "".join(
    f"PREFIX {name}: <{CODES}{name}/>\n"
    for name in re.findall(
        rf"@prefix ([\w-]+): <{CODES}", (ROOT / "ontology" / "codes.ttl").read_text(encoding="utf-8")
    )
)

Problems = Iterator[object]


class Facts:
    """The built facts, to be asked in SPARQL: ids, list/code, and the text of literals come back."""

    def __init__(self, root: Path) -> None:
        build = pipeline.build(root, checked=False)
        self.base = build.dataset.base
        self.store = build.graph.store

    def __call__(self, pattern: str) -> list[tuple[str, ...]]:
        """Return the rows of a SELECT; `{...}` alone selects everything."""
        query = pattern if pattern.lstrip().startswith("SELECT") else f"SELECT DISTINCT * {{ {pattern} }}"
        results = self.store.query(PREFIXES + query, base_iri=self.base)
        return sorted(tuple(self._compact(term) for term in row) for row in results)

    def values(self, pattern: str) -> list[str]:
        """Return the rows of a SELECT of one variable."""
        return [value for (value,) in self(pattern)]

    def _compact(self, term: object) -> str:
        if term is None:
            return ""
        text = term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)
        for start in (self.base, CODES, ONTOLOGY):
            text = text.removeprefix(start) if isinstance(term, ox.NamedNode) else text
        return text


CHECKS: dict[str, Callable[[Facts], Problems]] = {}


def trap(check: Callable[[Facts], Problems]) -> Callable[[Facts], None]:
    """Make a test of a generator of problems."""
    CHECKS[check.__name__.removeprefix("test_")] = check

    @functools.wraps(check)
    def test(facts):
        assert list(check(facts)) == []

    return test


@pytest.fixture(scope="module")
def facts() -> Facts:
    return Facts(ROOT)


def unless(wanted: object, found: object, told: str) -> Problems:
    """Yield a problem where two values differ."""
    if wanted != found:
        yield f"{told}: {found}"


@trap
def test_trap_01_conditional_offer(facts):
    yield from facts("?offer kg:kind statement-kind:offer . FILTER NOT EXISTS { ?offer kg:condition ?terms }")
    yield from facts("?offer kg:kind statement-kind:offer ; rdf:predicate ?edge")
    rows = facts(
        "SELECT ?form ?operator (COUNT(?clause) AS ?n) { <kim-terms-for-washington> kg:form ?form ; kg:operator ?operator ;"
        " kg:clause ?clause } GROUP BY ?form ?operator"
    )
    yield from unless([("condition-form/only-if", "operator/all", "2")], rows, "terms for Washington")


@trap
def test_trap_02_if_against_only_if(facts):
    forms = facts.values(
        "SELECT ?form { ?offer kg:kind statement-kind:offer ; kg:condition ?terms . ?terms kg:form ?form }"
    )
    yield from unless(["condition-form/if", "condition-form/only-if"], forms, "forms of the offer")
    joined = facts.values(
        "SELECT DISTINCT ?offer { ?d kg:kind discrepancy-kind:logic ; kg:resolution resolution:open ; kg:between ?offer ."
        " ?offer kg:kind statement-kind:offer }"
    )
    yield from unless(["kim-offer-to-washington-if", "kim-offer-to-washington-only-if"], joined, "open discrepancy")


@trap
def test_trap_03_unless_is_a_refusal(facts):
    said = facts.values("SELECT ?kind { ?s kg:condition ?c ; kg:kind ?kind . ?c kg:form condition-form:unless }")
    yield from unless(["statement-kind/refusal"], said, "kind of what is said with “unless”")
    for consequent, met in facts(
        "SELECT ?k ?met { ?c kg:form condition-form:unless ; kg:consequent ?k ; kg:met ?met }"
    ):
        if "refuse" not in consequent or met == "met/met":
            yield consequent


@trap
def test_trap_04_conditions_of_different_dates(facts):
    yield from facts(
        "?c a kg:Condition ; kg:evidence/kg:document ?one , ?other . FILTER (STR(?one) < STR(?other))"
        " FILTER NOT EXISTS { ?c a kg:Statement }"
    )
    yield from facts(
        "?one kg:condition ?c ; (kg:updates|kg:restates|kg:narrows|dcterms:isReplacedBy)|^(kg:updates|kg:restates) ?other ."
        " ?other kg:condition ?d . ?one kg:evidence/kg:document ?in . ?other kg:evidence/kg:document ?by ."
        " FILTER (?in != ?by)"
    )
    terms = facts.values(
        "SELECT DISTINCT ?document { ?c kg:setBy <kim-jong-un> ; kg:onActor <united-states> ; kg:form ?form ;"
        " kg:evidence/kg:document ?document }"
    )
    yield from unless(["kim-rejects-seoul", "talks-2026"], terms, "documents with terms for the United States")


@trap
def test_trap_05_nuclear_is_not_in_kims_terms(facts):
    yield from facts(
        "?c kg:setBy <kim-jong-un> . { ?c kg:clause/kg:text ?text } UNION { ?c kg:consequent ?text }"
        ' FILTER (REGEX(?text, "\\\\bnuclear", "i"))'
    )
    yield from facts(
        "?s kg:kind statement-kind:offer . { ?s kg:proposition ?text } UNION { ?s kg:evidence/kg:exact ?text }"
        ' FILTER (REGEX(?text, "\\\\bnuclear", "i"))'
    )
    gloss = facts(
        "SELECT ?status { <nuclear-status-recognition-demanded> kg:status ?status ; kg:speaker/kg:in ?article }"
    )
    yield from unless([("status/own-voice",)], gloss, "whose word “nuclear” is")
    if not facts("?d kg:kind discrepancy-kind:substitution ; kg:between <nuclear-status-recognition-demanded>"):
        yield "the substitution is not told"


@trap
def test_trap_06_omission_is_a_fact_with_scope(facts):
    yield from facts("?s kg:kind statement-kind:absence . FILTER NOT EXISTS { ?s kg:scope|kg:scopeNote ?scope }")
    absent = facts("SELECT ?scope ?absent { ?s kg:kind statement-kind:absence ; kg:scope ?scope ; kg:absent ?absent }")
    wanted = [
        ("kim-new-year-address", "south-korea"),
        ("kim-new-year-address", "united-states"),
        ("us-security-strategy-2025", "north-korea"),
    ]
    yield from unless(wanted, absent, "absences")


@trap
def test_trap_07_low_focus_is_not_omission(facts):
    yield from facts("?s kg:scope <us-security-strategy-2025> ; kg:absent <south-korea>")
    yield from facts("?s kg:scope <us-security-strategy-2025> ; kg:absent <korean-peninsula>")
    if not facts("?s kg:speaker/kg:in <us-security-strategy-2025> ; kg:about <south-korea>"):
        yield "that the strategy addresses South Korea is not told"


@trap
def test_trap_08_no_contact_announced(facts):
    found = facts(
        "SELECT ?s ?scope ?says { ?s kg:kind statement-kind:absence ; kg:about <north-korea> , <united-states> ;"
        " kg:proposition ?says . OPTIONAL { ?s kg:scopeNote ?scope } FILTER NOT EXISTS { ?s kg:absent ?actor } }"
    )
    yield from unless(1, len(found), "absences between the two")
    for _, scope, says in found:
        if "announce" not in says or "announce" not in scope:
            yield says
    yield from facts(
        '?s kg:proposition ?says . FILTER (REGEX(?says, "\\\\bno (official )?contact\\\\b", "i") && !CONTAINS(?says, "announced"))'
    )


@trap
def test_trap_09_removed_goal_has_no_agent(facts):
    yield from facts("<reunification-goal-removed> kg:participant|kg:target ?agent")
    if not facts("<reunification-goal-removed> kg:notStated kg:participant"):
        yield "that no agent is stated is not told"
    yield from facts(
        "?s kg:about <reunification-goal-removed> . { ?s kg:speaker/kg:by ?agent } UNION"
        " { ?s kg:about ?agent . VALUES ?agent { <kim-jong-un> <workers-party-of-korea> } }"
    )


@trap
def test_trap_10_age_is_two_statements(facts):
    ages = facts(
        "SELECT ?document ?value ?status { ?s kg:about <kim-ju-ae> ; kg:quantity ?value ; kg:status ?status ;"
        " kg:evidence/kg:document ?document }"
    )
    wanted = [("kim-rejects-seoul", "13", "status/attributed"), ("talks-2026", "13", "status/own-voice")]
    yield from unless(wanted, sorted(set(ages)), "ages")
    yield from facts(
        "?s kg:about <kim-ju-ae> ; kg:when|kg:said ?d . ?d kg:latest ?day . FILTER (?day < '2016-01-01'^^xsd:date)"
    )


@trap
def test_trap_11_ordered_is_not_a_weapon(facts):
    yield from facts(
        "?weapon kg:stage/kg:value weapon-stage:ordered ; kg:stage/kg:value ?further ."
        " FILTER (?further NOT IN (weapon-stage:ordered, weapon-stage:called-for, weapon-stage:presupposed))"
    )
    ordered = facts.values("SELECT DISTINCT ?weapon { ?weapon kg:stage/kg:value weapon-stage:ordered }")
    for weapon in ("underwater-launched-icbm", "tactical-nuclear-systems"):
        if weapon not in ordered:
            yield f"{weapon} is not ordered"


@trap
def test_trap_12_calls_ordered_accelerated(facts):
    wordings = ["kcna-on-accelerated-weapons-order", "kcna-on-weapons-order", "state-media-on-weapons-calls"]
    told = facts.values("SELECT DISTINCT ?s { <kim-weapons-order> kg:according ?s }")
    yield from unless(wordings, told, "wordings of the one act")
    joined = facts.values(
        "SELECT ?s { ?d kg:kind discrepancy-kind:strength ; kg:between ?s ; kg:resolution resolution:open }"
    )
    for statement in wordings:
        if statement not in joined:
            yield f"{statement} is in no open discrepancy of strength"
    kinds = facts("SELECT ?s ?kind { <kim-weapons-order> kg:according ?s . ?s kg:kind ?kind }")
    if ("state-media-on-weapons-calls", "statement-kind/order") in kinds:
        yield "calls have become an order"


@trap
def test_trap_13_stock_is_presupposed_only(facts):
    notes = facts.values(
        "SELECT ?note { <tactical-nuclear-systems> kg:stage ?stage . ?stage kg:value weapon-stage:presupposed ; skos:note ?note }"
    )
    yield from unless(2, len(notes), "phrases that presuppose a stock")
    for note in notes:
        if "size is not stated" not in note:
            yield note
    yield from facts("?s kg:about <tactical-nuclear-systems> ; kg:quantity ?size")


@trap
def test_trap_14_inspected_is_all(facts):
    stages = facts.values("SELECT ?v { <north-korean-nuclear-powered-submarine> kg:stage/kg:value ?v }")
    yield from unless(["weapon-stage/shown"], stages, "stages of the submarine")
    if not facts("?s kg:kind statement-kind:evidence-note ; kg:about <north-korean-nuclear-powered-submarine>"):
        yield "that few details are known is not told"


@trap
def test_trap_15_submarine_and_icbm_are_not_linked(facts):
    yield from facts(
        "?record (!rdf:type)/(!rdf:type)? <north-korean-nuclear-powered-submarine> ."
        " ?record (!rdf:type)/(!rdf:type)? <underwater-launched-icbm>"
    )
    yield from facts("<north-korean-nuclear-powered-submarine> ?link <underwater-launched-icbm>")
    yield from facts("<underwater-launched-icbm> ?link <north-korean-nuclear-powered-submarine>")


@trap
def test_trap_16_tonne_of_what(facts):
    found = facts(
        "SELECT ?value ?unit ?measure { ?s kg:quantity ?value ; kg:unit ?unit ; kg:measure ?measure FILTER (?value > 100) }"
    )
    yield from unless([("8700", "tonne", "not specified")], found, "size of the submarine")
    yield from facts(
        '?record skos:note|kg:proposition|kg:measure ?says . FILTER (REGEX(?says, "displace|submerged", "i"))'
    )


@trap
def test_trap_17_enrich_low_enriched(facts):
    kept = facts(
        '?s a kg:Statement ; kg:evidence/kg:exact ?exact . FILTER (CONTAINS(?exact, "enrich low-enriched uranium"))'
        ' ?s skos:note ?note . FILTER (CONTAINS(?note, "oddly"))'
    )
    if not kept:
        yield "the odd wording is not kept, or not flagged"
    yield from facts(
        "?x kg:proposition|kg:text ?says . FILTER (CONTAINS(?says, 'uranium') && !CONTAINS(?says, 'enrich low-enriched uranium'))"
    )


@trap
def test_trap_18_agreed_to_pursue(facts):
    stages = facts.values("SELECT ?v { <submarine-cooperation-agreement> kg:stage/kg:value ?v }")
    yield from unless(["agreement-stage/agreed-to-pursue"], stages, "stages of the agreement")
    terms = facts.values(
        "SELECT ?status { <submarine-cooperation-agreement> kg:expectedTerm ?term . ?term kg:according/kg:status ?status }"
    )
    yield from unless(["status/predicted", "status/predicted"], terms, "status of the expected terms")


@trap
def test_trap_19_aukus_is_a_comparator(facts):
    yield from facts("<aukus> kg:member ?member")
    yield from unless(["australia", "united-states"], facts.values("SELECT ?p { <aukus-pact> kg:party ?p }"), "parties")
    if not facts("<submarine-cooperation-agreement> kg:comparator <aukus-pact>"):
        yield "the likeness is not told"
    yield from facts(
        '?record skos:prefLabel|skos:altLabel ?name . FILTER (REGEX(?name, "United Kingdom|Britain|\\\\bUK\\\\b"))'
    )


@trap
def test_trap_20_alleged_transfers(facts):
    found = facts(
        "SELECT ?status ?speaker { ?s kg:kind statement-kind:allegation ; kg:status ?status ; kg:speaker ?link ."
        " OPTIONAL { ?link kg:known ?speaker } }"
    )
    yield from unless([("status/alleged", "known/not-stated")], found, "the allegation")
    aspects = facts.values("SELECT ?text { <troops-and-equipment-to-russia> kg:unverified/kg:text ?text }")
    yield from unless(["destinations", "precise scale"], aspects, "what is unverified")
    yield from facts("<alleged-transfers-to-russia> kg:eventStatus ?status . FILTER (?status != event-status:alleged)")


@trap
def test_trap_21_halves_of_one_sentence(facts):
    (start, end), *more = facts(
        "SELECT DISTINCT ?start ?end { <troops-and-equipment-to-russia> kg:evidence ?e ."
        " ?e kg:wording ?wording ; kg:span [ kg:start ?start ; kg:end ?end ] }"
    )
    yield from more
    statuses = facts.values(
        f"SELECT DISTINCT ?status {{ ?s a kg:Statement ; kg:status ?status ; kg:evidence/kg:span [ kg:start {start} ; kg:end {end} ] ."
        " ?s kg:evidence/kg:document <kim-rejects-seoul> }"
    )
    yield from unless(["status/alleged", "status/attributed", "status/own-voice"], statuses, "statuses in the sentence")
    yield from facts(
        '?s kg:status status:own-voice ; kg:evidence/kg:exact ?exact . FILTER (CONTAINS(?exact, "alleged"))'
    )
    yield from facts("?s kg:speaker/kg:by <experts> ; kg:modality ?modality . FILTER (?modality != modality:may)")


@trap
def test_trap_22_unnamed_groups_stay_in_their_document(facts):
    yield from facts(
        "?group a kg:UnnamedGroup ; kg:document ?document . { ?group kg:evidence/kg:document ?other } UNION"
        " { ?s a kg:Statement ; (kg:speaker|kg:addressee)/kg:by ?group ; kg:evidence/kg:document ?other }"
        " FILTER (?other != ?document)"
    )
    yield from facts("?group a kg:UnnamedGroup ; kg:document ?one , ?other . FILTER (STR(?one) < STR(?other))")
    yield from facts("?s kg:speaker/kg:by ?group ; kg:status status:own-voice . ?group a kg:UnnamedGroup")
    if len(facts("?group a kg:UnnamedGroup")) < 10:
        yield "groups have been merged"


@trap
def test_trap_23_merged_credit(facts):
    yield from facts("?s (kg:speaker|kg:chain)/kg:by ?agency . VALUES ?agency { <ap> <afp> }")
    publishers = facts.values("SELECT ?p { <ap-afp-reporting> dcterms:publisher ?p }")
    yield from unless(["afp", "ap"], publishers, "outlets of the one credit")
    found = facts("SELECT ?s ?n { ?s kg:chain/kg:in <ap-afp-reporting> ; kg:maximumOrigins ?n }")
    yield from unless([("most-analysts-see-signalling", "1")], found, "origins of the credited words")


@trap
def test_trap_24_quotation_without_speaker(facts):
    found = facts(
        "SELECT ?known ?wording { ?s kg:chain/kg:in <ap-afp-reporting> ; kg:evidence/kg:wording ?wording ."
        " ?s kg:speaker ?link . OPTIONAL { ?link kg:known ?known } }"
    )
    yield from unless([("known/not-stated", "wording/full-quote")], found, "speaker of the quotation")


@trap
def test_trap_25_three_cuts_of_one_utterance(facts):
    cuts = facts(
        "SELECT ?s ?wording { ?s kg:evidence ?e . ?e kg:quotation ?words ; kg:wording ?wording ."
        ' FILTER (CONTAINS(?words, "no business") || CONTAINS(?words, "compatriots")) }'
    )
    statement = "no-business-with-south-korea"
    wanted = [(statement, "wording/fragment"), (statement, "wording/fragment"), (statement, "wording/full-quote")]
    yield from unless(wanted, cuts, "renderings")


@trap
def test_trap_26_words_inside_the_marks(facts):
    yield from facts("?e kg:quotation ?words . FILTER (REGEX(?words, '[“”‘]'))")
    yield from facts("?e kg:quotation ?words . FILTER (REGEX(?words, 'will have|Pyongyang will|North Korea will'))")
    for exact, words in facts("SELECT ?exact ?words { ?e kg:exact ?exact ; kg:quotation ?words }"):
        before, _, after = exact.partition(words)
        if re.search("[“‘]", exact) and not (before.endswith(("“", "‘")) and after.startswith(("”", "’"))):
            yield words


@trap
def test_trap_27_label_drift(facts):
    found = facts(
        "SELECT ?wording ?quotation { <seoul-declared-hostile-actor> kg:evidence ?e . ?e kg:wording ?wording ."
        " OPTIONAL { ?e kg:quotation ?quotation } }"
    )
    yield from unless([("wording/paraphrase", "")], found, "the milder label")
    if not facts(
        "?d kg:kind discrepancy-kind:wording ; kg:between <seoul-declared-hostile-actor> , <no-business-with-south-korea>"
    ):
        yield "the two labels are not linked"


@trap
def test_trap_28_missing_conduit(facts):
    for statement in (
        "kim-refuses-talks-unless",
        "kim-views-cooperation-as-aggressive-act",
        "kim-offer-to-washington-if",
        "kim-offer-to-washington-only-if",
        "kim-rules-out-engagement-with-seoul",
    ):
        first = facts.values(
            f"SELECT ?known {{ <{statement}> kg:chain ?link . ?link kg:position 1 . OPTIONAL {{ ?link kg:known ?known }} }}"
        )
        yield from unless(["known/not-stated"], first, statement)
    yield from facts("?s (kg:speaker|kg:chain)/kg:by <kcna> ; kg:evidence/kg:document <talks-2026>")


@trap
def test_trap_29_nested_report(facts):
    yield from facts("?s rdf:subject <xi-jinping> ; rdf:predicate relation:mediates")
    yield from facts("?s kg:speaker/kg:by <xi-jinping>")
    found = facts("SELECT ?who ?status { <lee-asked-xi-to-mediate> kg:speaker/kg:by ?who ; kg:status ?status }")
    yield from unless([("lee-jae-myung", "status/attributed")], found, "who tells of the request")


@trap
def test_trap_30_newspaper_is_no_government(facts):
    found = facts(
        "SELECT ?who ?kind { ?s kg:chain/kg:in <pro-north-korean-newspaper-piece> ; kg:speaker/kg:by ?who ; kg:kind ?kind }"
    )
    yield from unless(
        [("pro-north-korean-newspaper-in-japan", "statement-kind/argument")], found, "whose argument it is"
    )
    yield from facts("<pro-north-korean-newspaper-in-japan> kg:belongsTo ?government")
    names = facts.values(
        "SELECT ?kind { <pro-north-korean-newspaper-in-japan> kg:name ?name . OPTIONAL { ?name kg:kind ?kind } }"
    )
    yield from unless(["name-kind/description"], names, "names of the newspaper")


@trap
def test_trap_31_gloss_on_a_stated_reason(facts):
    yield from facts(
        "?s kg:explains <missile-test-before-lee-visit> ; kg:about|kg:proposition ?of ."
        ' FILTER (?of IN (<us-attack-on-venezuela>, <venezuela>) || CONTAINS(STR(?of), "Venezuela"))'
    )
    found = facts(
        "SELECT ?status ?m { ?s kg:about <us-attack-on-venezuela> ; kg:interprets ?reason ; kg:modality ?m ; kg:status ?status }"
    )
    yield from unless([("status/own-voice", "modality/appears")], found, "the gloss")
    reason = facts(
        "SELECT ?who ?words { ?s kg:explains <missile-test-before-lee-visit> ; kg:speaker/kg:by ?who ; kg:evidence/kg:quotation ?words }"
    )
    yield from unless([("north-korea", "recent geopolitical crisis")], reason, "the stated reason")


@trap
def test_trap_32_presupposed_event(facts):
    found = facts("SELECT ?status ?basis { <us-attack-on-venezuela> kg:eventStatus ?status ; kg:when/kg:basis ?basis }")
    yield from unless([("event-status/presupposed", "date-basis/not-stated")], found, "the attack")
    yield from facts("?x kg:when/kg:date ?date . VALUES ?x { <us-attack-on-venezuela> <us-attacked-venezuela> }")


@trap
def test_trap_33_sequence_is_not_cause(facts):
    yield from facts("?s kg:kind statement-kind:sequence ; kg:explains|kg:respondsTo|kg:interprets ?cause")
    yield from facts(
        "<interest-in-talks-declined-since-hanoi> kg:explains|^kg:explains <nuclear-programme-has-expanded>"
    )
    yield from facts("<state-media-submarine-report> kg:respondsTo|kg:explains ?cause")
    order = facts.values("SELECT ?before { ?s kg:kind statement-kind:sequence ; kg:follows ?before }")
    yield from unless(["lee-trump-november-meeting"], order, "what came before")


@trap
def test_trap_34_this_news_any_cooperation(facts):
    found = facts(
        "SELECT ?kind (COUNT(?r) AS ?n) { ?d kg:between <kim-views-cooperation-as-aggressive-act> ; kg:kind ?kind ;"
        " kg:resolution resolution:open ; kg:reading ?r } GROUP BY ?kind"
    )
    yield from unless([("discrepancy-kind/identity", "3"), ("discrepancy-kind/scope", "2")], found, "readings")
    yield from facts(
        "<kim-views-cooperation-as-aggressive-act> kg:proposition ?says . FILTER (!CONTAINS(?says, 'any future cooperation') || CONTAINS(?says, 'submarine'))"
    )


@trap
def test_trap_35_two_closing_dates(facts):
    dates = facts(
        "SELECT ?s ?date ?basis { ?d kg:kind discrepancy-kind:date ; kg:resolution resolution:open ; kg:between ?s ."
        " FILTER (?d = <congress-closing-date>) ?s kg:when ?when . ?when kg:date ?date ; kg:basis ?basis }"
    )
    wanted = [
        ("congress-closed-with-parade-on-wednesday", "2026-02-25", "date-basis/computed"),
        ("congress-wrapped-up-on-26-february", "2026-02-26", "date-basis/explicit"),
    ]
    yield from unless(wanted, dates, "closing dates")
    ends = facts.values("SELECT ?date { <congress-2026> kg:when [ kg:marks date-mark:end ; kg:date ?date ] }")
    yield from unless(["2026-02-25", "2026-02-26"], ends, "ends of the congress")
    yield from unless(["2026-02-25"], facts.values("SELECT ?d { <congress-parade> kg:when/kg:date ?d }"), "the parade")


@trap
def test_trap_36_previous_thursday_is_computed(facts):
    found = facts(
        "SELECT ?basis ?rule { ?date kg:date ?value ; kg:basis ?basis . OPTIONAL { ?date kg:rule ?rule } FILTER (STR(?value) = '2026-02-19') }"
    )
    if not found:
        yield "no opening date"
    for basis, rule in found:
        if basis != "date-basis/computed" or "previous Thursday" not in rule:
            yield basis, rule


@trap
def test_trap_37_years_are_inferred(facts):
    for day in ("2025-11", "2025-12-19", "2025-12-31"):
        bases = facts.values(
            f"SELECT DISTINCT ?basis {{ ?date kg:date ?value ; kg:basis ?basis . FILTER (STR(?value) = '{day}') }}"
        )
        yield from unless(["date-basis/year-inferred"], bases, day)


@trap
def test_trap_38_deictics_are_relative(facts):
    words = "currently|recent|recently|past (year|decade)|early this year|later in 20|had inspected"
    yield from facts(
        f"?date kg:rule ?rule ; kg:basis ?basis . FILTER (REGEX(?rule, '“[^”]*({words})', 'i') &&"
        " ?basis NOT IN (date-basis:relative, date-basis:not-stated, date-basis:computed))"
    )
    yield from facts(
        f"?x kg:evidence/kg:exact ?exact ; kg:when ?when . ?when kg:basis ?basis . FILTER (REGEX(?exact, '^({words})', 'i') &&"
        " ?basis NOT IN (date-basis:relative, date-basis:not-stated))"
    )
    for event in ("lee-beijing-state-visit", "lee-xi-talks", "trump-china-trip"):
        bases = facts.values(f"SELECT ?basis {{ <{event}> kg:when/kg:basis ?basis }}")
        yield from unless(["date-basis/relative"], bases, event)


@trap
def test_trap_39_publication_is_not_stated(facts):
    found = facts(
        "SELECT ?document ?basis ?date { ?document kg:sha256 ?sum ; kg:published ?p . ?p kg:basis ?basis . OPTIONAL { ?p kg:date ?date } }"
    )
    wanted = [
        ("kim-rejects-seoul", "date-basis/not-stated", "2026-02-26/.."),
        ("talks-2026", "date-basis/not-stated", "2026-01-01/2026-02-18"),
    ]
    yield from unless(wanted, found, "publication")


@trap
def test_trap_40_ninth_in_one_source_only(facts):
    ordinal = "\\\\b(third|fourth|fifth|sixth|seventh|eighth|ninth|[0-9]+th)\\\\b"
    yield from facts(
        "?event a kg:Event ; skos:prefLabel|skos:note|dcterms:description ?says ."
        f' FILTER (REGEX(?says, "{ordinal}", "i"))'
    )
    names = facts(
        "SELECT ?event ?document ?inferred { ?event a kg:Event ; kg:name ?name . ?name kg:text ?text ; kg:in ?document ."
        f' OPTIONAL {{ ?name kg:evidence/kg:inferred ?inferred }} FILTER (REGEX(?text, "{ordinal}", "i")) }}'
    )
    yield from unless([("congress-2026", "talks-2026", "true")], names, "numbered congresses")
    if not facts("?d kg:kind discrepancy-kind:identity ; kg:between <congress-expected-early-this-year>"):
        yield "that the two are one is not told as inferred"


@trap
def test_trap_41_prediction_and_outcome(facts):
    predicted = facts.values("SELECT ?status { <congress-expected-early-this-year> kg:status ?status }")
    yield from unless(["status/predicted"], predicted, "the prediction")
    if not facts("?s kg:outcomeOf <congress-expected-early-this-year> ; kg:evidence/kg:document <kim-rejects-seoul>"):
        yield "the outcome is not linked"
    yield from facts("?s kg:outcomeOf ?p . FILTER NOT EXISTS { ?p kg:status status:predicted }")


@trap
def test_trap_42_one_person_many_names(facts):
    kims = facts.values(
        'SELECT DISTINCT ?p { ?p a kg:Person ; skos:prefLabel|skos:altLabel ?n . FILTER (REGEX(?n, "^Kim")) }'
    )
    yield from unless(["kim-jong-un", "kim-ju-ae"], kims, "Kims")
    yield from facts('?p skos:prefLabel|skos:altLabel ?n . FILTER (REGEX(?n, "^(Jong|Ju|Jae|Jinping)"))')
    yield from facts('?p a kg:Person ; skos:prefLabel ?n . FILTER (STR(?n) IN ("Lee", "Kim", "Xi", "Trump"))')
    names = facts("SELECT ?text ?document { <kim-ju-ae> kg:name ?name . ?name kg:text ?text ; kg:in ?document }")
    yield from unless([("Kim Ju Ae", "talks-2026"), ("Kim Ju-ae", "kim-rejects-seoul")], names, "names by source")


@trap
def test_trap_43_city_or_state(facts):
    yield from facts("?city kg:kind place-kind:city ; a kg:State")
    yield from facts(
        "?city kg:kind place-kind:city . ?x kg:by|kg:participant|kg:target|kg:party|kg:owner|kg:setBy|kg:onActor|rdf:subject ?city"
    )
    for place, state in (("pyongyang", "north-korea"), ("beijing", "china")):
        if not facts(
            f"<{place}> skos:prefLabel ?name . <{state}> kg:name [ kg:kind name-kind:metonym ; kg:text ?name ]"
        ):
            yield f"{place}: city and metonym are not told apart"


@trap
def test_trap_44_table_rows(facts):
    rows = facts.values(
        "SELECT DISTINCT ?s { ?s kg:kind statement-kind:summary ; kg:evidence/kg:wording wording:table . FILTER NOT EXISTS { ?s kg:chain/kg:position 2 } }"
    )
    yield from unless(["table-on-congress-2016", "table-on-congress-2021", "table-on-congress-2026"], rows, "rows")
    for year in ("2016", "2021"):
        dates = facts.values(f"SELECT ?date {{ <congress-{year}> kg:when/kg:date ?date }}")
        yield from unless([year], dates, f"congress of {year}")


@trap
def test_trap_45_headline_is_no_record(facts):
    headline = "?s kg:evidence/kg:wording wording:headline"
    yield from facts(f"{headline} . ?x kg:according|kg:confirmedBy|kg:settledBy|kg:outcomeOf ?s")
    kinds = facts.values("SELECT ?kind { <headline-rejects-seoul-opens-door> kg:kind ?kind }")
    yield from unless(["statement-kind/summary"], kinds, "the headline")
    if not facts("?s kg:narrows <headline-rejects-seoul-opens-door>"):
        yield "nothing narrows the headline"


@trap
def test_trap_46_caption_is_undated(facts):
    yield from facts("?x kg:when/kg:date ?date . VALUES ?x { <munitions-visit-caption> <kim-munitions-visit> }")
    yield from facts("<munitions-visit-photograph> kg:published ?date")
    yield from facts(
        "VALUES ?caption { <munitions-visit-caption> <kim-munitions-visit> <munitions-visit-photograph> }"
        " VALUES ?inspection { <north-korean-nuclear-powered-submarine> <kim-submarine-inspection> } ?caption ?link ?inspection"
    )
    yield from facts(
        "?e a kg:Evidence ; kg:exact ?exact . FILTER (CONTAINS(?exact, '</div>') || CONTAINS(?exact, '(C)'))"
    )


@trap
def test_trap_47_furniture_of_the_page(facts):
    yield from facts("?document dcterms:creator ?author")
    yield from facts(
        '?record skos:prefLabel|skos:altLabel|dcterms:description ?name . FILTER (CONTAINS(?name, "LToremark"))'
    )
    excluded = facts.values("SELECT ?exact { <talks-2026> kg:exclusion/kg:exact ?exact }")
    for words in ("LToremark", "·4d", "Preview", "Keyboard Shortcuts"):
        if words not in excluded:
            yield f"{words} is not excluded"
    yield from overlaps(facts)


def overlaps(facts: Facts) -> Problems:
    """Tell of quotes that reach into a stretch which a document excludes."""
    yield from facts(
        "SELECT ?document ?exact { ?document kg:exclusion ?x . ?x kg:start ?first ; kg:end ?last ."
        " ?e kg:document ?document ; kg:exact ?exact ; kg:start ?start ; kg:end ?end . FILTER (?start < ?last && ?end > ?first) }"
    )


@trap
def test_trap_48_title_printed_twice(facts):
    repeated = facts.values(
        'SELECT ?start { <talks-2026> kg:exclusion ?x . ?x kg:start ?start ; kg:reason ?why . FILTER (CONTAINS(?why, "repeated")) }'
    )
    yield from unless(3, len(repeated), "repetitions excluded")
    yield from overlaps(facts)


@trap
def test_trap_49_empty_sources(facts):
    if not facts(
        "<kim-rejects-seoul> kg:evidence [ kg:exact 'Sources' ] ; skos:note ?n FILTER (CONTAINS(?n, 'cannot be followed'))"
    ):
        yield "that the credits cannot be followed is not told"
    yield from facts("?cited kg:seenIn <kim-rejects-seoul> ; kg:url ?link")


@trap
def test_trap_50_summits_of_2018(facts):
    says = facts.values("SELECT ?says { <inter-korean-diplomacy-ebbed-and-flowed> kg:proposition ?says }")
    if not all("2018 summits with the United States" in text for text in says):
        yield from says
    yield from facts("<summits-2018> kg:participant <south-korea>")
    yield from facts(
        '?x skos:prefLabel|kg:proposition|kg:text ?says . FILTER (REGEX(?says, "inter-Korean summit|summits? between the Koreas", "i"))'
    )
    if not facts("?d kg:kind discrepancy-kind:category ; kg:between <inter-korean-diplomacy-ebbed-and-flowed>"):
        yield "the mix of categories is not flagged"


@trap
def test_trap_51_speculative_event(facts):
    status = facts.values("SELECT ?status { <trump-kim-meeting> kg:eventStatus ?status }")
    yield from unless(["event-status/speculative"], status, "the meeting")
    yield from facts("<trump-kim-meeting> kg:when/kg:date ?date")
    yield from facts("?s kg:about <trump-kim-meeting> ; kg:kind statement-kind:report")


@trap
def test_trap_52_could_seek_against_will_occur(facts):
    found = facts(
        "SELECT ?m ?status { ?d kg:kind discrepancy-kind:strength ; kg:resolution resolution:open ; kg:between ?s ."
        " ?s kg:about <trump-kim-meeting> ; kg:modality ?m ; kg:status ?status }"
    )
    yield from unless(
        [("modality/could", "status/speculative"), ("modality/will", "status/speculative")], found, "wordings"
    )


@trap
def test_trap_53_most_is_not_all(facts):
    yield from facts("?s kg:about <most-analysts> ; kg:quantity ?share")
    yield from facts(
        '?x kg:proposition|skos:prefLabel ?says . FILTER (REGEX(?says, "consensus|all analysts|analysts agree", "i"))'
    )
    yield from facts(
        "<most-analysts-see-signalling> kg:proposition ?says . FILTER (!STRSTARTS(?says, 'Most analysts'))"
    )
    if not facts("<most-analysts> skos:note ?note . FILTER (CONTAINS(?note, 'not quantified'))"):
        yield "that the share is not quantified is not told"


@trap
def test_trap_54_origins_not_articles(facts):
    yield from facts("?s kg:chain [ kg:by <kcna> ; kg:position 1 ] ; kg:minimumOrigins ?n . FILTER (?n > 1)")
    yield from facts(
        "SELECT ?s ?n { ?s kg:minimumOrigins ?n ; (kg:restates|^kg:restates)* ?version . ?version kg:evidence/kg:document ?document . FILTER (?n > 1) }"
        " GROUP BY ?s ?n HAVING (COUNT(DISTINCT ?document) < 2)"
    )
    # On what an article rests that speaks in its own voice is not said: two of them may have it from one.
    yield from facts(
        "?s kg:speaker/kg:in ?article ; kg:restates|^kg:restates ?same ; kg:minimumOrigins ?n . ?article kg:sha256 ?sum ."
        " ?same kg:speaker/kg:in ?other . ?other kg:sha256 ?read . FILTER (?article != ?other && ?n > 1)"
    )


@trap
def test_trap_55_marks_and_spelling(facts):
    yield from facts("?e kg:exact|kg:quotation ?words . FILTER (REGEX(?words, '[\"\\'`]'))")
    yield from facts("?e kg:document <talks-2026> ; kg:exact ?words . FILTER (CONTAINS(?words, 'nuclearis'))")
    yield from facts("?e kg:document <kim-rejects-seoul> ; kg:exact ?words . FILTER (CONTAINS(?words, 'nucleariz'))")
    if not facts("?e kg:exact ?words . FILTER (CONTAINS(?words, '’'))"):
        yield "curly apostrophes have been straightened"


@trap
def test_trap_56_nothing_from_memory(facts):
    """What no document writes comes from elsewhere: each name and number in a proposition is quoted somewhere, or is a name."""
    printed = "\n".join(
        facts.values(
            "SELECT DISTINCT ?words { { ?e a kg:Evidence ; kg:exact ?words } UNION { ?name a kg:Name ; kg:text ?words } }"
        )
    )
    known = set(re.findall(r"[\w-]+", printed.casefold()))
    for record, says in facts(
        "SELECT ?record ?says { ?record a kg:Record . { ?record kg:proposition|kg:consequent|kg:from|kg:to ?says }"
        " UNION { ?record (kg:clause|kg:expectedTerm|kg:unverified)/kg:text ?says } }"
    ):
        for word in re.findall(r"(?<!^)(?<![.:?“] )\b(?:[A-Z][\w-]*|\d[\d,.-]*\d|\d)", says):
            name = word.casefold().removesuffix("n")  # “Asian” is no other name than “Asia”
            if not {word.casefold(), name} & known and not set(re.findall(r"\w+", word.casefold())) <= known:
                yield record, word


@trap
def test_trap_57_short_passages(facts):
    for document, length in facts("SELECT ?document ?length { ?document kg:length ?length }"):
        quotes = facts(
            f"SELECT ?start ?end {{ ?e a kg:Evidence ; kg:document <{document}> ; kg:start ?start ; kg:end ?end }}"
        )
        quoted = sum(end - start for start, end in texts.union([(int(start), int(end)) for start, end in quotes]))
        if quoted / int(length) >= 0.40:
            yield f"{quoted / int(length):.1%} of {document} is quoted"


@trap
def test_trap_58_no_dates_in_ids(facts):
    ids = facts.values("SELECT DISTINCT ?id { ?id a kg:Record }")
    printed = {
        year
        for (exact,) in facts("SELECT DISTINCT ?exact { ?e kg:exact ?exact }")
        for year in re.findall(r"20\d\d", exact)
    }
    for identifier in ids:
        if re.search(r"(19|20)\d\d-\d", identifier):
            yield identifier
        if re.search(r"seventh|eighth|ninth|second-trump", identifier):
            yield identifier
        if set(re.findall(r"(?:19|20)\d\d", identifier)) - printed:
            yield identifier


@trap
def test_trap_59_one_statement_for_each_article(facts):
    yield from facts("?s a kg:Statement ; kg:evidence/kg:document ?one , ?other . FILTER (STR(?one) < STR(?other))")
    for first, second in (
        ("kim-ju-ae-increasingly-public", "kim-ju-ae-increasingly-in-public-roles"),
        ("rapprochement-with-moscow", "ties-with-russia-deepened"),
    ):
        if not facts(f"<{second}> kg:restates <{first}> . <{first}> kg:evidence/kg:document <talks-2026>"):
            yield f"{first} and {second} are not linked"


@trap
def test_trap_60_known_through_state_media_only(facts):
    status = facts.values("SELECT ?status { <kim-submarine-inspection> kg:eventStatus ?status }")
    yield from unless(["event-status/reported"], status, "the inspection")
    yield from facts(
        "?event a kg:Event ; kg:eventStatus event-status:occurred ; kg:according ?s ."
        " FILTER NOT EXISTS { ?event kg:according/kg:status ?flat . FILTER (?flat NOT IN (status:attributed, status:alleged)) }"
    )


def test_every_trap_has_a_test():
    assert {int(name.split("_")[1]) for name in CHECKS} == set(range(1, 61))
